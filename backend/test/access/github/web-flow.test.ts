/** The web flow's state: once, in time, in the browser that began it. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { CookieSeal } from "../../../src/access/github/cookie-seal.ts";
import { WebFlow } from "../../../src/access/github/web-flow.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { ManualClock } from "./manual-clock.ts";

const app = { clientId: "id", clientSecret: "secret", url: "https://github.example", apiUrl: "" };
const start = {
  redirectUri: "http://127.0.0.1:8000/api/auth/callback",
  next: "/settings",
  name: "Pixel 9",
  device: null,
};
const back = { device: null };

async function stage() {
  const seal = await CookieSeal.open({ directory: await temporaryFolder(), files: durableFiles });
  const clock = new ManualClock();
  const flow = new WebFlow(app, clock);
  const { location, cookie } = flow.begin(start, seal);
  const { searchParams } = new URL(location);
  return { seal, clock, flow, cookie, query: Object.fromEntries(searchParams), location };
}

test("NET-05, SEC-08: GitHub is given the state, the S256 challenge of the verifier, and the least scope", async () => {
  const { query, seal, flow, cookie, location } = await stage();
  const begun = flow.finish({ ...back, cookie, state: query.state }, seal);
  expect(location.split("?")[0]).toBe("https://github.example/login/oauth/authorize");
  expect(query).toEqual({
    client_id: "id",
    redirect_uri: start.redirectUri,
    scope: "read:user",
    state: begun?.state,
    code_challenge: createHash("sha256")
      .update(begun?.verifier ?? "")
      .digest("base64url"),
    code_challenge_method: "S256",
    prompt: "select_account",
  });
  expect([begun?.next, begun?.name]).toEqual(["/settings", "Pixel 9"]);
});

test("NET-05: a state counts once, and only in its own browser", async () => {
  const { query, seal, flow, cookie } = await stage();
  const other = flow.begin(start, seal);
  for (const state of [undefined, "", "wrong", `${query.state}x`, query.state?.slice(1)]) {
    expect(flow.finish({ ...back, cookie, state }, seal)).toBeNull();
  }
  expect(flow.finish({ ...back, cookie: null, state: query.state }, seal)).toBeNull();
  expect(flow.finish({ ...back, cookie: "v1.AAAA", state: query.state }, seal)).toBeNull();
  expect(flow.finish({ ...back, cookie: other.cookie, state: query.state }, seal)).toBeNull();
  expect(flow.finish({ ...back, cookie, state: query.state }, seal)).not.toBeNull();
  expect(flow.finish({ ...back, cookie, state: query.state }, seal)).toBeNull();
});

test("NET-05: a state is good for ten minutes, also across a restart", async () => {
  const { query, seal, flow, cookie, clock } = await stage();
  clock.advance(10 * 60_000 - 1);
  const restarted = new WebFlow(app, clock);
  expect(restarted.finish({ ...back, cookie, state: query.state }, seal)).not.toBeNull();
  clock.advance(1);
  expect(flow.finish({ ...back, cookie, state: query.state }, seal)).toBeNull();
});

test("NET-29: a clock that was set back a day makes a state no better", async () => {
  const { query, seal, flow, cookie, clock } = await stage();
  clock.advance(-24 * 60 * 60_000);
  expect(flow.finish({ ...back, cookie, state: query.state }, seal)).toBeNull();
});

test("L2: a state counts only for the device that began it, or for a browser without one", async () => {
  const { query, seal, flow, cookie } = await stage();
  expect(flow.finish({ cookie, state: query.state, device: "a device" }, seal)).toBeNull();
  expect(flow.finish({ cookie, state: query.state, device: null }, seal)).not.toBeNull();
  const begun = flow.begin({ ...start, device: "a device" }, seal);
  const state = new URL(begun.location).searchParams.get("state") ?? "";
  for (const device of [null, "another"]) {
    expect(flow.finish({ cookie: begun.cookie, state, device }, seal)).toBeNull();
  }
  expect(flow.finish({ cookie: begun.cookie, state, device: "a device" }, seal)).not.toBeNull();
});
