import { expect } from "vitest";
import { between, clientTestWith, sent, texts, until } from "../support/clients.ts";
import { anyTarget } from "../support/test.ts";

const test = clientTestWith(anyTarget);

test("what is said while somebody is away is there on return, in order", async ({ join }) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  a.send("one");
  await until(b, ({ messages }) => messages.length === 1);

  bob.line.cut();
  await until(bob.client.connection, ({ status }) => status === "waiting");
  for (const text of ["two", "three", "four"]) a.send(text);
  b.send("five");
  await until(a, ({ messages }) => messages.filter(sent).length === 4);
  bob.line.plugIn();
  bob.client.reconnect();

  await until(b, ({ messages }) => messages.filter(sent).length === 5);
  await until(a, ({ messages }) => messages.length === 5);
  expect(texts(b)).toEqual(["one", "two", "three", "four", "five"]);
  expect(texts(a)).toEqual(texts(b));
});

test("a message whose acknowledgement was lost is sent again, and stored once", async ({
  join,
}) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  const lost: string[] = [];
  ann.line.loses = ({ action }) => {
    if (action !== "ACK") return false;
    lost.push(action);
    ann.line.cut();
    return true;
  };
  a.send("only once");
  await until(b, ({ messages }) => messages.length === 1);
  await until(ann.client.connection, ({ status }) => status === "waiting");
  expect(lost).toEqual(["ACK"]);
  expect(a.getSnapshot().messages).toMatchObject([{ text: "only once", state: "pending" }]);

  ann.line.loses = () => false;
  ann.line.plugIn();
  ann.client.reconnect();
  await until(a, ({ messages }) => messages.every(sent));
  a.send("and then");
  await until(b, ({ messages }) => messages.length === 2);
  expect(texts(b)).toEqual(["only once", "and then"]);
  expect(b.getSnapshot().messages.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(texts(a)).toEqual(texts(b));
});
