import type { Failure } from "./api.ts";
import type { ErrorCode } from "./generated/wire.ts";

/** The error that every function of the SDK throws or rejects with. */
export class AizuchiError extends Error implements Failure {
  override readonly name = "AizuchiError";
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;

  constructor({ code, error, retryAfterMs }: Failure) {
    super(error);
    this.code = code;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  get error(): string {
    return this.message;
  }
}

/** Whether another try of the same thing cannot help. An unknown code may be a passing one. */
export function isPermanent(code: ErrorCode): boolean {
  return (
    code === "invalid_request" ||
    code === "forbidden" ||
    code === "not_found" ||
    code === "too_large"
  );
}
