export type * from "./api.ts";
export { createAuth } from "./auth.ts";
export { createClient } from "./client.ts";
export { AizuchiError } from "./errors.ts";
export { conversationIdOf } from "./ids.ts";
export { createOidcAuth, type OidcOptions } from "./oidc.ts";
export { createSession, type SessionOptions } from "./session.ts";
export { localStore, memoryStore } from "./storage.ts";
