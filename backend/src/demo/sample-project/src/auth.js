// Logins: who is in, and for how long.
import { randomUUID } from "node:crypto";

/** How long a login lasts without a visit: half an hour. */
export const maxAge = 30 * 60;

const sessions = new Map();

/** Opens a session, or returns null when the password is wrong. */
export function login(users, { name, password }, now = Date.now()) {
  if (users.get(name) !== password) return null;
  const session = { id: randomUUID(), name, expiresAt: now + maxAge };
  sessions.set(session.id, session);
  return session;
}

/** Returns the session and renews it, or null when it is unknown or over. */
export function visit(id, now = Date.now()) {
  const session = sessions.get(id);
  if (!session || session.expiresAt <= now) {
    sessions.delete(id);
    return null;
  }
  session.expiresAt = now + maxAge;
  return session;
}

/** Ends a session at once. */
export function logout(id) {
  sessions.delete(id);
}
