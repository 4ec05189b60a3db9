// @vitest-environment happy-dom
/** The project that a new session is offered. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionSummary } from "../../src/api/types.ts";

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});
afterEach(() => vi.unstubAllGlobals());

const shop = { id: "p1", name: "shop", path: "/home/kim/shop", branch: "main" };
const site = { id: "p2", name: "site", path: "/home/kim/site", branch: null };

test("until the machine has told its projects, it is one that a session is known of", async () => {
  const list = await import("../../src/state/sessions/session-list.ts");
  const projects = await import("../../src/state/projects.ts");
  const before = projects.preferredProject();
  list.applySummary({ id: "s1", project: shop, updatedAt: "2026-01-01T00:00:00Z" } as SessionSummary);
  const known = projects.preferredProject();
  const told = { ...site, instructions: [], lastUsedAt: null };
  vi.stubGlobal("fetch", async () => Response.json({ projects: [told] }));
  await projects.loadProjects();
  expect([before, known, projects.preferredProject()]).toEqual([
    null,
    { ...shop, instructions: [], lastUsedAt: null },
    told,
  ]);
});
