import type { BrowserContext, ConsoleMessage } from "playwright-core";

/**
 * Collects what a page has to complain about: exceptions, console errors and violations of the
 * Content-Security-Policy.
 */
export async function watch(context: BrowserContext, complaints: string[]): Promise<void> {
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error" && !isNetwork(message)) {
      complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
}

/**
 * Browsers report as errors what is none of the page: what the server refuses, whether or not the
 * page minds, an icon that no page asked for, and a network that is away or in the way.
 */
function isNetwork(message: ConsoleMessage): boolean {
  const text = message.text();
  const { pathname } = new URL(message.location().url, "http://nowhere");
  return (
    pathname === "/favicon.ico" ||
    /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)/.test(
      text,
    ) ||
    /^WebSocket connection .* Unexpected response code: (401|403)/.test(text) ||
    /^WebSocket connection .* a tunnel via proxy server failed/.test(text) ||
    (/^\/(api\/|login$|signup$)/.test(pathname) &&
      /a status of (400|401|403|404|409|429) /.test(text))
  );
}
