// @vitest-environment happy-dom
/** What a signed-out device keeps. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a device that is signed out keeps what was written and not sent, and forgets what the machine said", async () => {
  const { writeStored, storedNames } = await import("../../../src/lib/browser/storage.ts");
  for (const name of ["draft.s1", "outbox", "theme", "textSize", "machine", "place", "lastHeard"])
    writeStored(name, "1");
  vi.stubGlobal("fetch", async () =>
    Response.json(
      { code: "device_revoked", data: { by: "laptop", at: "2026-11-22T14:02:00Z" } },
      { status: 401, headers: { "content-type": "application/problem+json" } },
    ),
  );
  const { access, followSignOut, loadDevice } = await import("../../../src/state/access/device.ts");
  followSignOut();
  await loadDevice();
  expect(access.value).toEqual({ state: "revoked", by: "laptop", at: "2026-11-22T14:02:00Z" });
  expect(storedNames().sort()).toEqual(["draft.s1", "machine", "outbox", "signedOut", "textSize", "theme"]);
});
