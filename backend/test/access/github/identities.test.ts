/** Whose a token is, and how long that is believed. */
import { expect, test } from "vitest";
import type { GitHubAccount } from "../../../src/access/github/github-client.ts";
import { GitHubError } from "../../../src/access/github/github-error.ts";
import { Identities } from "../../../src/access/github/identities.ts";
import { ManualClock } from "./manual-clock.ts";

const octocat = { id: 1, login: "octocat", name: null, avatar_url: "https://avatars.example/1" };
const minutes = 60_000;
const hours = 60 * minutes;

function stage() {
  const clock = new ManualClock();
  const asked: string[] = [];
  const world: { answer: GitHubAccount | null | Error } = { answer: octocat };
  const identities = new Identities({
    clock,
    accountOf: async (token) => {
      asked.push(token);
      if (world.answer instanceof Error) throw world.answer;
      return world.answer;
    },
  });
  return { clock, asked, world, identities };
}

test("GitHub is asked again after five minutes, not before", async () => {
  const { clock, asked, identities } = stage();
  const user = { type: "user", user: octocat };
  expect(await identities.identify("t")).toEqual(user);
  clock.advance(5 * minutes - 1);
  expect(await identities.identify("t")).toEqual(user);
  expect(asked).toEqual(["t"]);
  clock.advance(1);
  expect(await identities.identify("t")).toEqual(user);
  expect(asked).toEqual(["t", "t"]);
});

test("many callers at once ask GitHub once", async () => {
  const { asked, identities } = stage();
  await Promise.all(Array.from({ length: 50 }, () => identities.identify("t")));
  expect(asked).toEqual(["t"]);
});

test("NET-25: while GitHub is away what it said holds for a day; a token it never saw is neither good nor bad", async () => {
  const { clock, asked, world, identities } = stage();
  await identities.identify("t");
  world.answer = new GitHubError("unreachable");
  clock.advance(23 * hours);
  expect(await identities.identify("t")).toEqual({ type: "user", user: octocat });
  expect(await identities.identify("new")).toEqual({ type: "unreachable" });
  clock.advance(hours);
  expect(await identities.identify("t")).toEqual({ type: "unreachable" });
  expect(asked).toEqual(["t", "t", "new", "t"]);
});

test("while GitHub is away it is asked twice a minute at most", async () => {
  const { clock, asked, world, identities } = stage();
  await identities.identify("t");
  world.answer = new GitHubError("unreachable");
  clock.advance(10 * minutes);
  for (let second = 0; second < 60; second++) {
    await identities.identify("t");
    clock.advance(1_000);
  }
  expect(asked.length).toBe(3);
});

test("a token that GitHub no longer accepts is forgotten at once", async () => {
  const { clock, world, identities } = stage();
  await identities.identify("t");
  world.answer = null;
  clock.advance(5 * minutes);
  expect(await identities.identify("t")).toEqual({ type: "unknown" });
  world.answer = new GitHubError("unreachable");
  expect(await identities.identify("t")).toEqual({ type: "unreachable" });
});

test("NET-29: a clock that is set back makes nobody's token older than it is believed", async () => {
  const { clock, asked, identities } = stage();
  await identities.identify("t");
  clock.advance(-24 * hours);
  await identities.identify("t");
  expect(asked).toEqual(["t", "t"]);
});

test("no more than a thousand are remembered", async () => {
  const { asked, identities } = stage();
  for (let index = 0; index < 1_001; index++) await identities.identify(`t${index}`);
  await identities.identify("t0");
  await identities.identify("t1000");
  expect(asked.length).toBe(1_002);
});
