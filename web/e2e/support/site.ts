import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** A site of somebody else, on an origin of its own. */
export class Site {
  readonly #http: HttpServer;
  readonly url: string;
  /** Pages that are in no folder, by their path. */
  readonly pages = new Map<string, string>();

  private constructor(http: HttpServer, folder: string | undefined) {
    this.#http = http;
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    http.on("request", (request, response) => {
      const { pathname } = new URL(request.url ?? "/", this.url);
      const name = pathname === "/" ? "/index.html" : pathname;
      this.#find(name, folder).then(
        (body) => {
          const type = TYPES[/\.\w+$/.exec(name)?.[0] ?? ""] ?? "text/plain";
          response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
        },
        () => response.writeHead(404).end(),
      );
    });
  }

  async #find(name: string, folder: string | undefined): Promise<string> {
    const held = this.pages.get(name);
    if (held !== undefined) return held;
    if (folder === undefined) throw new Error(`There is no ${name}.`);
    return readFile(join(folder, name), "utf8");
  }

  /** Serves a folder, or only `pages`, on a free port. */
  static async open(folder?: string): Promise<Site> {
    const http = createServer();
    await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
    return new Site(http, folder);
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((closed) => this.#http.close(closed));
  }
}
