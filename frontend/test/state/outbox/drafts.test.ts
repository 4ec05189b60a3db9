// @vitest-environment happy-dom
/** Unsent text. */
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

test("a draft keeps its prompt's id over keystrokes and reloads", async () => {
  const first = await import("../../../src/state/outbox/drafts.ts");
  const begun = first.writeDraft("s1", "m");
  const more = first.writeDraft("s1", "make it so");
  vi.resetModules();
  const reloaded = await import("../../../src/state/outbox/drafts.ts");
  expect(more).toEqual({ text: "make it so", promptId: begun?.promptId });
  expect(reloaded.readDraft("s1")).toEqual(more);
  expect(begun?.promptId).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
});

test("an emptied or sent draft is gone, and the next has another id", async () => {
  const { clearDraft, draftKeys, readDraft, writeDraft } = await import(
    "../../../src/state/outbox/drafts.ts"
  );
  const begun = writeDraft("s1", "a");
  writeDraft("s2", "b");
  writeDraft("s1", "");
  clearDraft("s2");
  expect([readDraft("s1"), readDraft("s2"), draftKeys()]).toEqual([null, null, []]);
  expect(writeDraft("s1", "a")?.promptId).not.toBe(begun?.promptId);
});

test("a damaged draft counts as none", async () => {
  localStorage.setItem("voxpilot.draft.s1", '{"text": 4');
  localStorage.setItem("voxpilot.draft.s2", '{"text": 4}');
  const { readDraft } = await import("../../../src/state/outbox/drafts.ts");
  expect([readDraft("s1"), readDraft("s2")]).toEqual([null, null]);
});
