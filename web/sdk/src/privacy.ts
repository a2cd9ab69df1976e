import type { Failure, Observable, Person, Session } from "./api.ts";
import type { Calls } from "./calls.ts";
import { AizuchiError } from "./errors.ts";
import type { Http } from "./http.ts";
import { derived } from "./observable.ts";

/** Who sees whether one is there. Who chooses nobody sees nobody, either. */
export type Audience = "everybody" | "contacts" | "nobody";

/** What one has decided about others. Each call rejects with an `AizuchiError`. */
export interface Privacy {
  /** Whom one blocks; undefined while that is not known. Looked up once somebody subscribes. */
  readonly blocked: Observable<readonly Person[] | undefined>;
  readonly refresh: () => Promise<void>;
  /** Nothing passes between the two any more. Needs a connection. */
  readonly block: (person: Person) => Promise<void>;
  readonly unblock: (sub: string) => Promise<void>;
  readonly audience: () => Promise<Audience>;
  readonly setAudience: (audience: Audience) => Promise<void>;
  /** Tells the operator of the server about somebody. A reason has 1 to 500 characters. */
  readonly report: (report: {
    readonly sub: string;
    readonly conversationId?: string;
    readonly reason: string;
  }) => Promise<void>;
}

interface PrivacyOptions {
  readonly http: Http;
  readonly session: Session;
  readonly calls: Calls;
  /** What others show may have changed. */
  readonly onChange: () => void;
}

/** Whom one blocks, and what follows from it. */
export class PrivacyBook implements Privacy {
  readonly #options: PrivacyOptions;
  readonly #list = derived<readonly Person[] | undefined>(() => this.#people, {
    onObserved: () => {
      this.#look();
    },
  });
  #people: readonly Person[] | undefined;
  /** Counts what happened to the list, so that an answer from before is known as such. */
  #changes = 0;

  constructor(options: PrivacyOptions) {
    this.#options = options;
  }

  readonly blocked: Privacy["blocked"] = {
    subscribe: (listener) => this.#list.subscribe(listener),
    getSnapshot: () => this.#list.getSnapshot(),
  };

  readonly refresh = async (): Promise<void> => {
    const changes = this.#changes;
    const answer = await this.#get("/api/blocks");
    const people = (answer as { blocked?: unknown }).blocked;
    if (!Array.isArray(people) || !people.every(isPerson)) throw senseless();
    if (changes === this.#changes) this.#set(people);
    else await this.refresh();
  };

  readonly block = async (person: Person): Promise<void> => {
    await this.#say("BLOCK", person.sub);
    this.#told(person, true);
  };

  readonly unblock = async (sub: string): Promise<void> => {
    await this.#say("UNBLOCK", sub);
    this.#told({ sub, username: "" }, false);
  };

  readonly audience = async (): Promise<Audience> => {
    const { audience } = await this.#get("/api/me/presence");
    if (!isAudience(audience)) throw senseless();
    return audience;
  };

  readonly setAudience = async (audience: Audience): Promise<void> => {
    await this.#send("PUT", "/api/me/presence", { audience });
    this.#options.onChange();
  };

  readonly report: Privacy["report"] = async ({ sub, conversationId, reason }) => {
    await this.#send("POST", "/api/reports", { sub, conversationId, reason });
  };

  /** Another device of one's own blocked somebody, or no more. */
  elsewhere(): void {
    this.#changes += 1;
    this.up();
    this.#options.onChange();
  }

  #told(person: Person, on: boolean): void {
    this.#changes += 1;
    const others = this.#people?.filter(({ sub }) => sub !== person.sub);
    if (others) this.#set(on ? [...others, person] : others);
    this.#options.onChange();
  }

  /** There is a connection again, and what was told meanwhile was missed. */
  up(): void {
    if (this.#list.observed() || this.#people) this.#look();
  }

  #look(): void {
    // What cannot be had now comes with the next connection.
    this.refresh().catch(() => undefined);
  }

  #set(people: readonly Person[]): void {
    this.#people = people;
    this.#list.invalidate();
  }

  #say(action: "BLOCK" | "UNBLOCK", sub: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#options.calls.call(
        { action, sub },
        {
          onAnswer: () => {
            resolve();
            return false;
          },
          onFailure: (failure: Failure) => {
            reject(new AizuchiError(failure));
          },
        },
      );
    });
  }

  async #get(path: string): Promise<Record<string, unknown>> {
    const { http, session } = this.#options;
    const answer = await http({ method: "GET", path, token: await session.token() });
    return (answer ?? {}) as Record<string, unknown>;
  }

  async #send(method: "PUT" | "POST", path: string, body: unknown): Promise<void> {
    const { http, session } = this.#options;
    await http({ method, path, token: await session.token(), body });
  }
}

function isPerson(value: unknown): value is Person {
  const { sub, username } = (value ?? {}) as Record<string, unknown>;
  return typeof sub === "string" && typeof username === "string";
}

function isAudience(value: unknown): value is Audience {
  return value === "everybody" || value === "contacts" || value === "nobody";
}

function senseless(): AizuchiError {
  return new AizuchiError({ code: "unavailable", error: "The server's answer makes no sense." });
}
