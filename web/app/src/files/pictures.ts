import type { Client } from "@aizuchi/sdk";

/** How much of pictures is held at most, in bytes. */
const MOST = 96 * 1024 * 1024;

export type Part = "whole" | "thumbnail";

/** The pictures that this page has loaded, the least recently used of which give way. */
export class Pictures {
  readonly #client: Client;
  readonly #held = new Map<string, Blob>();
  readonly #coming = new Map<string, Promise<Blob>>();
  #size = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** What is here already. */
  peek(id: string, part: Part): Blob | undefined {
    const key = `${part}:${id}`;
    const blob = this.#held.get(key);
    if (blob) {
      this.#held.delete(key);
      this.#held.set(key, blob);
    }
    return blob;
  }

  /** Rejects as the download does. */
  get(id: string, part: Part): Promise<Blob> {
    const held = this.peek(id, part);
    if (held) return Promise.resolve(held);
    const key = `${part}:${id}`;
    let coming = this.#coming.get(key);
    if (!coming) {
      coming = this.#load(id, part).finally(() => this.#coming.delete(key));
      this.#coming.set(key, coming);
    }
    return coming;
  }

  hold(id: string, part: Part, blob: Blob): void {
    if (this.peek(id, part)) return;
    this.#held.set(`${part}:${id}`, blob);
    this.#size += blob.size;
    for (const [oldest, { size }] of this.#held) {
      if (this.#size <= MOST || this.#held.size === 1) break;
      this.#held.delete(oldest);
      this.#size -= size;
    }
  }

  async #load(id: string, part: Part): Promise<Blob> {
    const blob = await this.#client.attachments.download(id, part);
    this.hold(id, part, blob);
    return blob;
  }
}

const all = new WeakMap<Client, Pictures>();

export function picturesOf(client: Client): Pictures {
  const pictures = all.get(client) ?? new Pictures(client);
  all.set(client, pictures);
  return pictures;
}
