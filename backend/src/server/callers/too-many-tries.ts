/** The answer to whoever tries too often. */
import { ApiError } from "../errors.ts";

/** 429, with the time to wait. */
export function tooManyTries(waitMs: number): ApiError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return new ApiError(429, "too_many_tries", {
    detail: `Too many tries. Wait ${retryAfterSeconds} s.`,
    data: { retryAfterSeconds },
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}
