import { describe, expect, it } from "vitest";
import { fold } from "../src/fold.ts";
import { Log } from "../src/log.ts";
import type { Message } from "../src/message.ts";

const said: Message = { seq: 2, messageId: "m2", message: "hi", fromSub: "bob", timestamp: 2 };
const change = (seq: number, rest: Partial<Message>): Message => ({
  seq,
  messageId: `m${seq}`,
  message: "",
  fromSub: "bob",
  timestamp: seq,
  target: 2,
  ...rest,
});
const edit = (seq: number, message: string): Message => change(seq, { kind: "edit", message });
const deletion = (seq: number): Message => change(seq, { kind: "deletion" });
const react = (seq: number, fromSub: string, on: boolean, emoji = "👍"): Message =>
  change(seq, { kind: "reaction", fromSub, emoji, on });
const all = (message: Message, changes: readonly Message[], again = false): Message =>
  changes.reduce((now, one) => fold(now, one, "ada", again), message);

describe("a message", () => {
  it("reads as it was edited last, with those that it mentions by then", () => {
    const mentioning = { ...said, mentions: ["cyd"] };
    expect(all(mentioning, [edit(3, "a"), edit(4, "b")])).toEqual({
      ...said,
      message: "b",
      editedAt: 4,
    });
    expect(all(said, [{ ...edit(3, "a"), mentions: ["ada"] }])).toMatchObject({
      mentions: ["ada"],
    });
  });

  it("is left as it is by an edit of something that was deleted meanwhile", () => {
    expect(all(said, [edit(3, "")])).toBe(said);
  });

  it("that is deleted keeps nothing, and stays so", () => {
    const before = { ...said, mentions: ["ada"], clientMsgId: "c", replyTo: 1 };
    const gone = all(before, [react(3, "ada", true), deletion(4), edit(5, "b")]);
    const { replyTo: _, mentions: __, ...left } = before;
    expect(gone).toEqual({ ...left, message: "", deleted: true });
    expect(all(gone, [react(6, "ada", true)])).toBe(gone);
  });

  it("has a set of reactions for each emoji, oneself first", () => {
    const reacted = all(said, [
      react(3, "bob", true),
      react(4, "ada", true),
      react(5, "ada", true),
    ]);
    expect(reacted.reactions).toEqual([{ emoji: "👍", count: 2, subs: ["ada", "bob"] }]);
    expect(all(reacted, [react(6, "cyd", true, "🎉")]).reactions).toHaveLength(2);
    expect(all(reacted, [react(6, "ada", false)]).reactions).toEqual([
      { emoji: "👍", count: 1, subs: ["bob"] },
    ]);
    const none = all(reacted, [react(6, "ada", false), react(7, "bob", false)]);
    expect(none).not.toHaveProperty("reactions");
    expect(all(said, [react(3, "ada", false)])).toBe(said);
  });

  it("counts those who are not named, once", () => {
    const subs = Array.from({ length: 20 }, (_, i) => `u${i}`);
    const many = { ...said, reactions: [{ emoji: "👍", count: 30, subs }] };
    expect(all(many, [react(3, "bob", true)]).reactions).toMatchObject([{ count: 31 }]);
    expect(all(many, [react(3, "bob", false)]).reactions).toMatchObject([{ count: 29 }]);
    expect(all(many, [react(3, "bob", true)], true)).toBe(many);
    const own = all(many, [react(3, "ada", true)], true).reactions?.[0];
    expect(own).toMatchObject({ count: 31, subs: ["ada", ...subs.slice(0, 19)] });
  });
});

describe("a log", () => {
  const first = { ...said, seq: 1, messageId: "m1" };

  it("changes what it holds once the change is in place", () => {
    const log = new Log("ada");
    log.add(1, first);
    log.add(4, edit(4, "now"));
    log.add(2, said);
    expect(log.messages.map(({ message }) => message)).toEqual(["hi", "hi"]);
    expect(log.add(3, react(3, "bob", true))).toEqual([]);
    expect(log.head).toBe(4);
    expect(log.messages[1]).toMatchObject({ message: "now", reactions: [{ count: 1 }] });
    expect(log.messages[0]).toBe(first);
  });

  it("gives what comes together with its changes in it", () => {
    const log = new Log("ada");
    log.add(1, first);
    log.add(3, deletion(3));
    expect(log.add(2, said)).toMatchObject([{ seq: 2, deleted: true }]);
  });

  it("changes the newest message also where it only was told of it", () => {
    const log = new Log("ada");
    log.restart(2);
    log.told = said;
    log.add(3, edit(3, "now"));
    expect(log.told).toMatchObject({ message: "now" });
  });

  it("changes a page that was asked for before", () => {
    const log = new Log("ada");
    log.restart(2);
    log.add(3, deletion(3));
    expect(log.prepend([first, said], 3, false)).toBe(true);
    expect(log.messages).toMatchObject([{ message: "hi" }, { deleted: true }]);
  });

  it("knows when a page left out what may have changed what it holds", () => {
    const log = new Log("ada");
    log.add(1, first);
    log.add(2, said);
    log.cover([{ ...said, seq: 3 }], 2, 3);
    expect(log.stale).toBe(0);
    log.cover([{ ...said, seq: 5 }], 3, 5);
    expect(log.stale).toBe(3);
    log.refresh([first, { ...said, message: "now", editedAt: 4 }]);
    expect(log.messages.map(({ message }) => message)).toEqual(["hi", "now", "hi", "hi"]);
  });

  it("takes a change that came early into account when a page covers its place", () => {
    const log = new Log("ada");
    log.add(1, first);
    log.add(2, said);
    log.add(4, edit(4, "now"));
    log.cover([{ ...said, seq: 3 }], 2, 4);
    expect(log.stale).toBe(0);
    expect(log.messages[1]).toMatchObject({ message: "now" });
  });

  it("lets no page bring back what was deleted", () => {
    const log = new Log("ada");
    log.add(1, first);
    log.add(2, said);
    log.add(3, deletion(3));
    log.refresh([first, said]);
    expect(log.messages[1]).toMatchObject({ deleted: true });
  });
});
