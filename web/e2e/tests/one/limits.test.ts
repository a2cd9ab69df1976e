import { PASSWORD } from "../../support/app.ts";
import { Server } from "../../support/server.ts";
import { expect, testWith } from "../../support/test.ts";

const test = testWith(() => Server.start());

test("after too many guesses even the right password has to wait", async ({
  device,
  person,
  server,
}) => {
  const ann = await person("ann");
  const guess = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/auth/signin`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: ann.name, password: "not the one" }),
    });
    return answer.status;
  };
  const answers: number[] = [];
  while (answers.length < 100 && answers.at(-1) !== 429) answers.push(await guess());
  expect(answers.length).toBeGreaterThan(3);
  expect(answers.at(-1)).toBe(429);

  const a = await (await device()).tab();
  await a.submit(ann.name, PASSWORD, "Sign in");
  await a.page.getByText(/^Too many tries\./).waitFor();
});
