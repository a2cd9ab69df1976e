import type { MessageView } from "@aizuchi/sdk";
import { createContext, use } from "react";

/** What the composer is about, but for a message that stands by itself. */
export interface About {
  readonly kind: "reply" | "edit";
  readonly message: MessageView;
}

export interface Actions {
  readonly onAbout: (about: About) => void;
  /** Whether one may delete what others said. */
  readonly moderates: boolean;
  /** Shows a picture, by its id, over the whole page. */
  readonly onView: (id: string) => void;
}

const Context = createContext<Actions>({
  onAbout: () => undefined,
  moderates: false,
  onView: () => undefined,
});

/** Gives the messages below what may be done to them. */
export const ActionsProvider = Context;

export function useActions(): Actions {
  return use(Context);
}
