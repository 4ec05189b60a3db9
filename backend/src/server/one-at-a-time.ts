/** Work that holds much memory is done for one request at a time, from its body on. */
import type { MiddlewareHandler } from "hono";
import { ApiError } from "./errors.ts";
import type { ServerEnvironment } from "./parts.ts";

const retryAfterSeconds = 5;

/** Lets one request through until it is answered; 503 `busy` with the time to wait for any other meanwhile. */
export function oneAtATime(): MiddlewareHandler<ServerEnvironment> {
  let isTaken = false;
  return async (_context, next) => {
    if (isTaken)
      throw new ApiError(503, "busy", {
        detail: "Another one is under way. Try again when it is done.",
        data: { retryAfterSeconds },
        headers: { "retry-after": String(retryAfterSeconds) },
      });
    isTaken = true;
    try {
      await next();
    } finally {
      isTaken = false;
    }
  };
}
