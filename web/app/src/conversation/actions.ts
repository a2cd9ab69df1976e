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
}

const Context = createContext<Actions>({ onAbout: () => undefined, moderates: false });

/** Gives the messages below what may be done to them. */
export const ActionsProvider = Context;

export function useActions(): Actions {
  return use(Context);
}
