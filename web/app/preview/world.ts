import type { MessageView, Person } from "@aizuchi/sdk";
import type { Locale } from "../src/i18n/index.tsx";
import type { FakeConversation, FakeWorld } from "./fakeClient.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The people of the preview. */
export const cast = {
  self: { sub: "3f6b2a1e-7c14-4d0b-9f7e-5a2c8e91d003", username: "haru" },
  mika: { sub: "9d1c4f70-2b8e-4b67-8a55-0c7d31f2ab11", username: "mika" },
  jonas: { sub: "5e8a90cd-14f7-4c21-b0aa-61d9e7c3f452", username: "jonas.w" },
  ren: { sub: "c27be6d4-98a3-4f1d-a6c4-7b15f08e2d93", username: "ren" },
  aiko: { sub: "18f4dd39-60b2-4e7a-8d3f-92c6a5b7e014", username: "愛子" },
  tariq: { sub: "f09a1b56-3d4c-4a8b-97e2-2e61c8d0b775", username: "tariq" },
  noor: { sub: "7742c0ab-5e9d-4d36-b1f8-d83a4e9f6c20", username: "noor" },
  long: {
    sub: "0b5d7e83-af16-4c92-8e40-16f2b9d4c3a8",
    username: "a-rather-long-name-that-somebody-chose",
  },
} satisfies Record<string, Person>;

/** Messages of two people: `[who, minutes before now, text]`, oldest first. */
function talk(
  partner: Person,
  lines: readonly (readonly ["me" | "them", number, string])[],
  readUpTo = lines.length,
): MessageView[] {
  return lines.map(([who, minutes, text], index) => ({
    key: `${partner.sub}-${index + 1}`,
    seq: index + 1,
    fromSub: who === "me" ? cast.self.sub : partner.sub,
    text,
    timestamp: Date.now() - minutes * MINUTE,
    state: who === "me" && index < readUpTo ? "read" : "sent",
  }));
}

const inEnglish = {
  mika: [
    ["them", 1560, "Did you ever get to the paper shop behind the station?"],
    ["me", 1555, "Yes! I came back with far too many envelopes."],
    ["me", 1554, "They have a shelf of letterpress cards at the back. You would not leave."],
    ["them", 1540, "That is exactly why I asked 😄"],
    ["them", 64, "I am near there on Thursday. Shall I bring you anything?"],
    [
      "me",
      61,
      "The thin grey ones, if they still have them:\nhttps://paper.example/cards/thin-grey?size=b6",
    ],
    ["them", 58, "Consider it done."],
    [
      "them",
      57,
      "And lunch afterwards? There is a place that only makes soba, and only until it runs out. I have been turned away twice, so we would have to be there before noon.",
    ],
    ["me", 6, "Before noon it is."],
    ["me", 5, "Thank you!"],
  ],
  jonas: [
    ["me", 2900, "How did the move go?"],
    ["them", 1500, "Two days, one broken lamp, zero regrets."],
    ["them", 38, "The new place has a balcony."],
    ["them", 37, "Come and see it on Sunday?"],
    ["them", 36, "I will cook."],
  ],
  ren: [
    ["them", 190, "The draft is in your inbox."],
    ["me", 180, "Reading it tonight."],
  ],
  failed: "Here are my notes.",
  aiko: [["them", 1700, "おめでとう！"]],
  tariq: [["me", 5000, "See you there."]],
  long: [
    [
      "them",
      9000,
      "A message that is long enough that no list could ever show all of it in a single line",
    ],
  ],
  draft: "About the tickets, I think",
} as const;

const inJapanese: {
  [K in keyof typeof inEnglish]: (typeof inEnglish)[K] extends string
    ? string
    : readonly (readonly ["me" | "them", number, string])[];
} = {
  mika: [
    ["them", 1560, "駅の裏の紙屋さん、もう行った？"],
    ["me", 1555, "行ったよ。封筒を買いすぎた。"],
    ["me", 1554, "奥の棚に活版のカードがあって、あれは帰れなくなる。"],
    ["them", 1540, "だから聞いたの😄"],
    ["them", 64, "木曜日に近くまで行くけど、何か買ってこようか？"],
    [
      "me",
      61,
      "うすい灰色のカードがまだあったらお願い。https://paper.example/cards/thin-grey?size=b6 これです。",
    ],
    ["them", 58, "まかせて。"],
    [
      "them",
      57,
      "そのあとお昼もどう？お蕎麦だけのお店があって、なくなったら終わり。もう二回も断られたから、十二時前には並ばないといけないんだけど。",
    ],
    ["me", 6, "では十二時前に。"],
    ["me", 5, "ありがとう！"],
  ],
  jonas: [
    ["me", 2900, "引っ越し、どうだった？"],
    ["them", 1500, "二日かかって、電気スタンドがひとつ壊れて、後悔はなし。"],
    ["them", 38, "新しい部屋にはベランダがあるんだ。"],
    ["them", 37, "日曜日に見に来ない？"],
    ["them", 36, "ごはん作るよ。"],
  ],
  ren: [
    ["them", 190, "下書きを送りました。"],
    ["me", 180, "今夜読みます。"],
  ],
  failed: "メモを送ります。",
  aiko: [["them", 1700, "おめでとう！"]],
  tariq: [["me", 5000, "では、あちらで。"]],
  long: [
    [
      "them",
      9000,
      "一覧の一行にはとても収まりきらないくらいに長い、どこまでも続いていくメッセージです",
    ],
  ],
  draft: "チケットの件だけど、",
};

/** A handful of conversations in all their states. */
export function world(locale: Locale): FakeWorld {
  const lines = locale === "ja" ? inJapanese : inEnglish;
  const ren = talk(cast.ren, lines.ren);
  return {
    self: cast.self,
    online: [cast.mika.sub, cast.aiko.sub],
    lastSeen: { [cast.jonas.sub]: Date.now() - 12 * MINUTE, [cast.ren.sub]: Date.now() - 3 * HOUR },
    connection: { status: "online" },
    conversations: [
      { partner: cast.mika, messages: talk(cast.mika, lines.mika, 9), typing: true },
      { partner: cast.jonas, messages: talk(cast.jonas, lines.jonas), unread: 3 },
      {
        partner: cast.ren,
        messages: [
          ...ren,
          {
            key: "failed",
            clientMsgId: "failed",
            fromSub: cast.self.sub,
            text: lines.failed,
            timestamp: Date.now() - 170 * MINUTE,
            state: "failed",
            error: { code: "forbidden", error: "You cannot write to this person." },
          },
        ],
      },
      { partner: cast.aiko, messages: talk(cast.aiko, lines.aiko), draft: lines.draft },
      { partner: cast.tariq, messages: talk(cast.tariq, lines.tariq) },
      { partner: cast.long, messages: talk(cast.long, lines.long) },
    ],
  };
}

/** A conversation of any length, of which some is loaded. */
export function longConversation(length: number, loaded: number): FakeConversation {
  const { self, mika } = cast;
  const messages = Array.from({ length }, (_, index): MessageView => ({
    key: `long-${index + 1}`,
    seq: index + 1,
    fromSub: index % 5 < 2 ? self.sub : mika.sub,
    text: `Message ${index + 1}. ${"And then some more of it, so that heights differ. ".repeat(index % 4)}`.trim(),
    timestamp: Date.now() - (length - index) * 7 * MINUTE,
    state: index % 5 < 2 ? "read" : "sent",
  }));
  return { partner: mika, messages, loaded };
}
