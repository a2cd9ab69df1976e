import type { ConversationState } from "@aizuchi/sdk";
import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { useOpening } from "../src/conversation/useOpening.ts";
import { message } from "./messages.ts";
import { haru, lone, mika } from "./render.tsx";

const before: ConversationState = {
  messages: [],
  loading: true,
  hasOlder: true,
  typing: [],
  partnerReadSeq: 0,
  unread: 0,
  members: [haru, mika],
};

function opening(first: Partial<ConversationState>) {
  const client = fakeClient(lone);
  const loadOlder = vi.fn(() => Promise.resolve());
  const conversation = { ...client.conversation(client.openDirect(mika)), loadOlder };
  const at = (change: Partial<ConversationState>): ConversationState => ({ ...before, ...change });
  const { result, rerender } = renderHook(
    (state: ConversationState) => useOpening(conversation, state),
    { initialProps: at(first) },
  );
  const then = (change: Partial<ConversationState>): boolean => {
    rerender(at(change));
    return result.current;
  };
  return { result, then, loadOlder };
}

const some = [message(mika.sub), message(mika.sub)];

test("lasts until the newest messages are there", () => {
  const { result, then } = opening({});
  expect(result.current).toBe(true);
  expect(then({ messages: some, loading: false })).toBe(false);
});

test("ends at once where there is nothing", () => {
  const { result } = opening({ loading: false, hasOlder: false });
  expect(result.current).toBe(false);
});

test("loads down to the first unread message", () => {
  const { then, loadOlder } = opening({});
  expect(then({ messages: some, loading: false, unread: 80 })).toBe(true);
  expect(loadOlder).toHaveBeenCalledOnce();
  expect(then({ messages: some, loading: true, unread: 80 })).toBe(true);
  const first = some[0]?.seq ?? 0;
  expect(then({ messages: some, loading: false, unread: 80, firstUnreadSeq: first })).toBe(false);
  expect(loadOlder).toHaveBeenCalledOnce();
});

test("does not wait for what cannot be loaded", () => {
  const { then } = opening({});
  const error = { code: "unavailable", error: "No." } as const;
  expect(then({ messages: some, loading: false, unread: 80, error })).toBe(false);
});

test("does not come back while older messages load", () => {
  const { then } = opening({ messages: some, loading: false });
  expect(then({ messages: some, loading: true })).toBe(false);
  expect(then({ messages: some, loading: false, unread: 3 })).toBe(false);
});
