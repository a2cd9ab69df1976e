import { describe, expect, it } from "vitest";
import {
  conversationIdOf,
  memoryStore,
  type Client,
  type KeyValueStore,
  type Locks,
  type RuntimeConfig,
} from "../src/index.ts";
import { FakeLocks, openPage, type Page } from "./device.ts";
import { FakeServer } from "./fake-server.ts";
import { Disk } from "./memory-archive.ts";
import { World } from "./world.ts";

const people = ["ann", "bob", "cem"];
const pairs = people.flatMap((a, i) => people.slice(i + 1).map((b) => [a, b] as const));
const ids = pairs.map(([a, b]) => conversationIdOf(a, b));

/** A server that keeps order, and one (of many processes) that keeps none and may lose a push. */
const ordered: Partial<RuntimeConfig> = { renewAfterSeconds: 20 };
const unordered: Partial<RuntimeConfig> = {
  tokenIn: "query",
  keepAliveSeconds: 10,
  renewAfterSeconds: 20,
  pushes: "best-effort",
};

/** `keeps`: what a browser keeps of a visit is there on the next one, also after a crash. */
interface Shape {
  readonly config: Partial<RuntimeConfig>;
  readonly keeps: boolean;
}
const shapes: Record<string, Shape> = {
  "one process": { config: ordered, keeps: false },
  "many processes": { config: unordered, keeps: false },
  "one process, kept by browsers": { config: ordered, keeps: true },
  "many processes, kept by browsers": { config: unordered, keeps: true },
};

/** A person's browser: what outlives the reloads of its tabs. */
interface Browser {
  readonly sub: string;
  readonly storage: KeyValueStore;
  readonly disk: Disk;
  readonly locks: Locks;
}

/** A tab: what it was told and what it sent outlive its reloads only where they should. */
interface Tab extends Browser {
  page: Page;
  die: () => void;
  /** The seqs of the `message` events, by conversation. */
  told: Map<string, number[]>;
  observed: Map<string, () => void>;
}

class Simulation {
  readonly world: World;
  readonly server: FakeServer;
  readonly tabs: Tab[] = [];
  /** What was sent, in order, by conversation and tab. */
  readonly sent = new Map<string, string[]>();
  readonly #config: Partial<RuntimeConfig>;
  readonly #keeps: boolean;
  #count = 0;

  constructor(seed: number, { config, keeps }: Shape) {
    this.#config = config;
    this.#keeps = keeps;
    this.world = new World(seed);
    this.server = new FakeServer(this.world);
    for (const sub of people) {
      // Two tabs of one browser, and a browser of its own.
      for (const tabs of [2, 1]) {
        const browser = { storage: memoryStore(), disk: new Disk(), locks: new FakeLocks() };
        for (let tab = 0; tab < tabs; tab++) this.#addTab({ sub, ...browser });
      }
    }
  }

  #addTab(browser: Browser): void {
    const tab: Tab = { ...browser, ...this.#open(browser), told: new Map(), observed: new Map() };
    this.tabs.push(tab);
    this.#listen(tab);
  }

  #open({ sub, storage, disk, locks }: Browser): { page: Page; die: () => void } {
    const archive = disk.open();
    const kept = this.#keeps ? { archive, locks } : {};
    const page = openPage(this.server, sub, { storage, config: this.#config, ...kept });
    return { page, die: archive.die };
  }

  #listen(tab: Tab): void {
    tab.told = new Map();
    tab.observed = new Map();
    tab.page.client.on("message", ({ conversationId, message }) => {
      const seqs = tab.told.get(conversationId) ?? [];
      tab.told.set(conversationId, [...seqs, message.seq ?? 0]);
    });
  }

  disturb(): void {
    const { world, server } = this;
    const { faults } = server;
    faults.latency = () => world.below(400);
    faults.refuse = () => world.chance(0.2);
    if (this.#config.pushes === "best-effort") faults.overtake = () => world.chance(0.5);
    faults.loseEvent = () => world.chance(0.15);
    faults.delayEvent = () => (world.chance(0.4) ? world.below(2_000) : 0);
    faults.arriving = (frames) => (world.chance(0.03) ? world.below(frames) : frames);
    faults.fail = () =>
      world.chance(0.08)
        ? world.chance(0.5)
          ? { code: "unavailable", after: world.chance(0.5) }
          : { code: "rate_limited", after: false, retryAfterMs: world.below(3_000) }
        : undefined;
  }

  calm(): void {
    const { faults } = this.server;
    faults.latency = () => 5;
    faults.refuse = faults.loseEvent = faults.overtake = () => false;
    faults.arriving = (frames) => frames;
    faults.delayEvent = () => 0;
    faults.fail = () => undefined;
  }

  act(): void {
    const { world, server } = this;
    const tab = world.pick(this.tabs);
    const own = ids.filter((_, i) => pairs[i]?.includes(tab.sub));
    const id = world.pick(own);
    const conversation = tab.page.client.conversation(id);
    const roll = world.below(100);
    if (roll < 45) {
      const text = `${++this.#count}`;
      conversation.send(text);
      const key = `${id} ${this.tabs.indexOf(tab)}`;
      this.sent.set(key, [...(this.sent.get(key) ?? []), text]);
    } else if (roll < 60) {
      const { messages } = conversation.getSnapshot();
      const seqs = messages.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
      if (seqs.length > 0) conversation.markRead(world.pick(seqs.slice(-4)));
    } else if (roll < 72) {
      const leave = tab.observed.get(id);
      if (leave) leave();
      tab.observed.delete(id);
      if (!leave)
        tab.observed.set(
          id,
          conversation.subscribe(() => undefined),
        );
    } else if (roll < 77) {
      void conversation.loadOlder();
    } else if (roll < 88) {
      const connections = [...server.connections];
      if (connections.length > 0) world.pick(connections).closeByServer(1006);
    } else if (roll < 90) {
      server.close(1001);
    } else if (roll < 93) {
      if (this.#keeps && world.chance(0.5)) tab.die();
      tab.page.client.stop();
      Object.assign(tab, this.#open(tab));
      this.#listen(tab);
    } else if (roll < 96) {
      tab.page.client.reconnect();
    } else {
      // A burst that a device which is away does not page through.
      const from = world.pick(pairs[ids.indexOf(id)] ?? people);
      for (let i = world.below(40); i > 0; i--) server.append(id, from, `burst ${i}`);
    }
  }

  /** What must hold at every moment. */
  check(): void {
    for (const { page, told } of this.tabs) {
      for (const id of ids) {
        const { messages } = page.client.conversation(id).getSnapshot();
        expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length);
        const seqs = messages.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
        expectAscending(told.get(id) ?? []);
      }
    }
  }
}

function expectAscending(seqs: readonly number[]): void {
  expect(seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] ?? 0))).toBe(true);
}

/** All that a person could see, with every page loaded. */
async function everything(world: World, client: Client): Promise<unknown> {
  const leave = ids.map((id) => client.conversation(id).subscribe(() => undefined));
  await world.advance(5_000);
  while (client.conversations.getSnapshot().hasMore) {
    void client.loadMoreConversations();
    await world.advance(1_000);
  }
  for (const id of ids) {
    while (client.conversation(id).getSnapshot().hasOlder) {
      void client.conversation(id).loadOlder();
      await world.advance(1_000);
    }
  }
  const seen = {
    list: client.conversations.getSnapshot(),
    unread: client.totalUnread.getSnapshot(),
    // Where reading began differs from device to device.
    states: ids.map((id) => ({
      ...client.conversation(id).getSnapshot(),
      firstUnreadSeq: undefined,
      typing: [],
    })),
  };
  for (const stop of leave) stop();
  return seen;
}

async function run(seed: number, shape: Shape): Promise<void> {
  const { config } = shape;
  const simulation = new Simulation(seed, shape);
  const { world, server, tabs, sent } = simulation;
  await world.advance(1_000);
  simulation.disturb();
  for (let i = 0; i < 90; i++) {
    simulation.act();
    await world.advance(world.chance(0.1) ? world.below(40_000) : world.below(500));
    if (i % 5 === 0) simulation.check();
  }

  // The faults end, and what an event lost since, SYNC brings: by itself where events may get lost,
  // and elsewhere when the connection drops once more.
  simulation.calm();
  await world.advance(60_000);
  if (config.pushes !== "best-effort") server.close(1006);
  await world.advance(120_000);
  simulation.check();

  // Nothing lost, nothing twice, and in each tab's order.
  for (const [key, texts] of sent) {
    const [id = "", tab = ""] = key.split(" ");
    const sub = tabs[Number(tab)]?.sub;
    const log = server
      .log(id)
      .entries.filter((entry) => entry.fromSub === sub && texts.includes(entry.message));
    expect(log.map(({ message }) => message)).toEqual(texts);
  }

  // Every device shows what one shows that was never there before.
  for (const sub of people) {
    const witness = openPage(server, sub).client;
    await world.advance(1_000);
    const truth = await everything(world, witness);
    witness.stop();
    for (const tab of tabs.filter((tab) => tab.sub === sub)) {
      expect(await everything(world, tab.page.client)).toEqual(truth);
    }
  }
  for (const tab of tabs) {
    expect(tab.storage.keys("").filter((key) => key.includes(":outbox:"))).toEqual([]);
    expect([...tab.disk.outbox.keys()]).toEqual([]);
    tab.page.client.stop();
  }
}

describe.each(Object.entries(shapes))("devices under faults, %s", (_, shape) => {
  const batches = shape.keeps ? 4 : 12;
  const seedsPerBatch = 25;
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * seedsPerBatch + 1;
    it(`end as one that never dropped, seeds from ${first}`, async () => {
      for (let seed = first; seed < first + seedsPerBatch; seed++) {
        try {
          await run(seed, shape);
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
    });
  }
});
