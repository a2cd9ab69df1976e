declare module "virtual:emoji/*" {
  import type { EmojiData } from "frimousse";
  const emojis: EmojiData["emojis"];
  export default emojis;
}
