import type { ConversationList, Observable } from "./api.ts";
import { ConversationModel } from "./model.ts";
import type { ModelContext } from "./modelContext.ts";
import { derived, sameItems } from "./observable.ts";

export interface BookContext extends Omit<ModelContext, "settled" | "synced"> {
  /** What all conversations share changed. */
  readonly onStamp: () => void;
}

/** All conversations that this device knows. */
export class Book {
  readonly #models = new Map<string, ConversationModel>();
  readonly #context: ModelContext;
  readonly #onStamp: () => void;
  readonly #list = derived(() => this.#computeList(), {
    equal: (a, b) =>
      a.loaded === b.loaded && a.hasMore === b.hasMore && sameItems(a.items, b.items),
  });
  readonly #total = derived(() => this.#computeTotal());
  /** Whether the server has told of every conversation. */
  #settled = false;
  /** Whether it has since this page began. */
  #synced = false;
  /** Whether the first page of the list is here, and where the next one begins. */
  #pages: { readonly loaded: boolean; readonly cursor?: string } = { loaded: false };

  constructor(context: BookContext) {
    this.#onStamp = context.onStamp;
    this.#context = {
      ...context,
      settled: () => this.#settled,
      synced: () => this.#synced,
      onChange: (model) => {
        this.#changed();
        context.onChange(model);
      },
    };
  }

  get list(): Observable<ConversationList> {
    return this.#list;
  }

  get totalUnread(): Observable<number> {
    return this.#total;
  }

  /** Whether this page has been told all that is new, once. */
  get synced(): boolean {
    return this.#synced;
  }

  get pages(): { readonly loaded: boolean; readonly cursor?: string } {
    return this.#pages;
  }

  all(): Iterable<ConversationModel> {
    return this.#models.values();
  }

  find(id: string): ConversationModel | undefined {
    return this.#models.get(id);
  }

  get(id: string): ConversationModel {
    let model = this.#models.get(id);
    if (!model) {
      model = new ConversationModel(id, this.#context);
      this.#models.set(id, model);
    }
    return model;
  }

  /** The server has told all that is new. */
  settle(): void {
    this.#onStamp();
    if (this.#synced) return;
    this.#settled = this.#synced = true;
    for (const model of this.#models.values()) model.settled();
  }

  /** All that an earlier visit knew of is here. `cursor` is where its list ended. */
  restored(cursor: string | undefined): void {
    this.#settled = true;
    this.listed(cursor);
  }

  listed(cursor: string | undefined): void {
    this.#pages = { loaded: true, ...(cursor === undefined ? {} : { cursor }) };
    this.#onStamp();
    this.#changed();
  }

  #changed(): void {
    this.#list.invalidate();
    this.#total.invalidate();
  }

  #computeList(): ConversationList {
    const items = [...this.#models.values()]
      .filter(({ gone }) => !gone)
      .map(({ summary }) => summary.getSnapshot())
      // Without a message there is no place in the order: its page brings it.
      .filter(({ last }) => last !== undefined)
      .sort(
        (a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0) || (a.id < b.id ? -1 : 1),
      );
    const { loaded, cursor } = this.#pages;
    return { items, loaded, hasMore: cursor !== undefined };
  }

  #computeTotal(): number {
    let total = 0;
    for (const { summary } of this.#models.values()) total += summary.getSnapshot().unread;
    return total;
  }
}
