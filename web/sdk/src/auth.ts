import type { AuthApi, Grant, Person } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import { createHttp } from "./http.ts";

/** The built-in pool of the server at `httpUrl`. */
export function createAuth(options: {
  readonly httpUrl: string;
  readonly fetch?: typeof fetch;
}): AuthApi {
  const http = createHttp(options.httpUrl, options.fetch);
  const post = (name: string, body?: unknown, token?: string): Promise<unknown> =>
    http({
      method: "POST",
      path: `/api/auth/${name}`,
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
  return {
    signUp: async (user, password) => grant(await post("signup", { user, password })),
    signIn: async (user, password) => grant(await post("signin", { user, password })),
    refresh: async () => grant(await post("refresh")),
    signOut: async () => {
      await post("signout");
    },
    changePassword: async (token, current, next) => {
      await post("password", { current, next }, token);
    },
    me: async (token) => {
      const me = await http({ method: "GET", path: "/api/me", token });
      const { createdAt } = me as { createdAt?: unknown };
      return { ...person(me), createdAt: typeof createdAt === "number" ? createdAt : 0 };
    },
  };
}

/** Checks an answer that should be a person. */
export function person(answer: unknown): Person {
  const { sub, username } = (answer ?? {}) as Record<string, unknown>;
  if (typeof sub !== "string" || typeof username !== "string") throw notUnderstood();
  return { sub, username };
}

/** Checks an answer that should be a session. */
export function grant(answer: unknown): Grant {
  const { token, expiresIn, user } = (answer ?? {}) as Record<string, unknown>;
  if (typeof token !== "string" || typeof expiresIn !== "number") throw notUnderstood();
  return { token, expiresIn, user: person(user) };
}

function notUnderstood(): AizuchiError {
  return new AizuchiError({ code: "unavailable", error: "The server's answer makes no sense." });
}
