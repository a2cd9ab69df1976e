import { get } from "node:http";
import type { RuntimeConfig } from "@aizuchi/sdk";
import type { BrowserContext } from "playwright-core";
import type { Target } from "./target.ts";

/** Lets a device be told other settings than the server's, as one who runs it would tell them. */
export async function configure(
  context: BrowserContext,
  target: Target,
  changes: Partial<RuntimeConfig>,
): Promise<void> {
  const config = await read(`${target.url}/config.json`);
  await context.route(`${target.url}/config.json`, (route) =>
    route.fulfill({ json: { ...config, ...changes } }),
  );
}

function read(url: string): Promise<RuntimeConfig> {
  return new Promise((found, failed) => {
    // Names below `localhost` are this machine, which browsers know and C libraries do not.
    const options = { hostname: "127.0.0.1", headers: { host: new URL(url).host } };
    get(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => {
        found(JSON.parse(text) as RuntimeConfig);
      });
    }).on("error", failed);
  });
}
