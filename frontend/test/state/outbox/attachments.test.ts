// @vitest-environment happy-dom
/** Pictures of a message that is not sent yet. */
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

const picture = (name: string, characters = 4) => ({
  name,
  bytes: characters,
  image: { type: "image", mimeType: "image/png", data: "A".repeat(characters) } as const,
});

const load = async () => ({
  ...(await import("../../../src/state/outbox/attachments.ts")),
  ...(await import("../../../src/state/outbox/drafts.ts")),
});

test("pictures belong to one draft, in their order, and go one by one or all at once", async () => {
  const { addAttachment, attachmentsOf, clearAttachments, removeAttachment } = await load();
  for (const name of ["a", "b", "c"]) addAttachment("s1", picture(name));
  addAttachment("s2", picture("other"));
  const names = (key: string) => attachmentsOf(key).map((each) => each.name);
  removeAttachment(attachmentsOf("s1")[1]?.id ?? "");
  expect([names("s1"), names("s2")]).toEqual([["a", "c"], ["other"]]);
  clearAttachments("s1");
  expect([names("s1"), names("s2")]).toEqual([[], ["other"]]);
});

test("a message keeps the id of its words; without words its first picture mints it", async () => {
  const { addAttachment, promptIdOfAttachments, writeDraft } = await load();
  const draft = writeDraft("s1", "look");
  addAttachment("s1", picture("a"));
  addAttachment("s2", picture("b"));
  const minted = promptIdOfAttachments("s2");
  addAttachment("s2", picture("c"));
  expect(promptIdOfAttachments("s1")).toBe(draft?.promptId);
  expect(minted).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  expect(promptIdOfAttachments("s2")).toBe(minted);
});

test("what would be too large to send is not taken", async () => {
  const { addAttachment, attachmentsOf, mostCharacters } = await load();
  expect(addAttachment("s1", picture("a", mostCharacters - 10))).toBe(true);
  expect(addAttachment("s1", picture("b", 20))).toBe(false);
  expect(attachmentsOf("s1").length).toBe(1);
});
