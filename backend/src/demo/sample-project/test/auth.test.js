import assert from "node:assert/strict";
import { test } from "node:test";
import { login, logout, visit } from "../src/auth.js";
import { sessionCookie, sessionId } from "../src/cookie.js";

const users = new Map([["ada", "engine"]]);
const ada = { name: "ada", password: "engine" };
const noon = Date.UTC(2026, 0, 1, 12);
const minutes = (count) => count * 60 * 1000;

test("a wrong password opens nothing", () => {
  assert.equal(login(users, { name: "ada", password: "guess" }, noon), null);
});

test("a login is still good after ten minutes", () => {
  const session = login(users, ada, noon);
  assert.ok(visit(session.id, noon + minutes(10)), "logged out too early");
});

test("every visit renews the login", () => {
  const session = login(users, ada, noon);
  for (const later of [20, 40, 60]) {
    assert.ok(visit(session.id, noon + minutes(later)), `logged out after ${later} minutes`);
  }
});

test("a login is over after half an hour without a visit", () => {
  const session = login(users, ada, noon);
  assert.equal(visit(session.id, noon + minutes(31)), null);
});

test("a logout ends the login at once", () => {
  const session = login(users, ada, noon);
  logout(session.id);
  assert.equal(visit(session.id, noon), null);
});

test("the cookie ends when the login does", () => {
  const cookie = sessionCookie(login(users, ada, noon));
  assert.match(cookie, /Max-Age=1800;/, "browsers count Max-Age in seconds");
  assert.ok(sessionId(cookie));
});
