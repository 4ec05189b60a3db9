// @vitest-environment happy-dom
/** The ways out of a plan, by what the device may do. */
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { PermissionRequest } from "../../src/api/types.ts";
import { owned } from "../../src/lib/signal.ts";

beforeEach(() => {
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const request: PermissionRequest = {
  requestId: "r1",
  toolCallId: "c1",
  subject: { type: "plan", plan: "Do it." },
  content: [],
  reach: [],
  dangerous: false,
  options: [
    { optionId: "keep", kind: "reject_once", name: "Keep planning" },
    { optionId: "start_edit", kind: "allow_once", name: "Start, edits allowed" },
    { optionId: "start_ask", kind: "allow_once", name: "Start, ask before edits" },
  ],
  digest: "digest",
};

test.each([
  ["full", 3],
  ["approve", 2],
] as const)(
  "a device with the right %s has %i ways out: edits without asking need every right",
  async (rights, count) => {
    vi.stubGlobal("fetch", async () =>
      Response.json({ id: "d", name: "d", rights, server: { machine: "studio" } }),
    );
    const { loadDevice } = await import("../../src/state/access/device.ts");
    await loadDevice();
    const { PlanCard } = await import("../../src/views/asking/plan-card.ts");
    const { asking: words } = await import("../../src/text/en-permission.ts");
    const card = owned(() =>
      PlanCard({ sessionId: "s1", request, position: { index: 1, count: 1 } }, { plan: "Do it." }),
    );
    onTestFinished(card.dispose);
    const exits = [...card.value.querySelectorAll(".plan-exits button")].map((button) => button.textContent);
    expect(exits.length).toBe(count);
    expect(exits.includes(words.startEdit)).toBe(rights === "full");
  },
);
