// The cookie that carries a session's id.
import { maxAge } from "./auth.js";

/** The Set-Cookie header for a session that was just opened or renewed. */
export function sessionCookie(session) {
  return `session=${session.id}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax`;
}

/** The session id in a Cookie header, or null. */
export function sessionId(header = "") {
  const pair = header.split(/;\s*/).find((part) => part.startsWith("session="));
  return pair ? pair.slice("session=".length) : null;
}
