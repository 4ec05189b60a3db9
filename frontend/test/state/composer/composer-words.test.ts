// @vitest-environment happy-dom
/** What is written in the composer, and for what: nothing of it is lost for something else. */
import { beforeEach, expect, test, vi } from "vitest";
import type { ContentBlock, Failure, QueuedPrompt } from "../../../src/api/types.ts";
import { signal } from "../../../src/lib/signal.ts";
import type { EditedText } from "../../../src/state/session/queue.ts";

const queued: QueuedPrompt = {
  promptId: "p1",
  content: [{ type: "text", text: "what waits" }],
  delivery: "queue",
};

const said = (text: string, ...beside: readonly ContentBlock[]): readonly ContentBlock[] => [
  { type: "text", text },
  ...beside,
];
const log: ContentBlock = { type: "text", text: '<pasted lines="2">\none\ntwo\n</pasted>' };
const picture: ContentBlock = { type: "image", mimeType: "image/png", data: "AAAA" };

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});

async function setUp(answer: Failure | null = null) {
  const { composerWords } = await import("../../../src/state/composer/composer-words.ts");
  const { OpenSession } = await import("../../../src/state/session/open-session.ts");
  const { sessionQueue } = await import("../../../src/state/session/queue.ts");
  const { readDraft } = await import("../../../src/state/outbox/drafts.ts");
  const session = new OpenSession("s1");
  const prompts = signal<readonly QueuedPrompt[]>([queued]);
  const edits: string[] = [];
  const queue = {
    ...sessionQueue(session),
    prompts,
    edit: async (promptId: string, { text, attached }: EditedText) => {
      edits.push(
        [promptId, text, ...attached.map((block) => (block.type === "text" ? block.text : block.type))].join(
          ": ",
        ),
      );
      return answer;
    },
  };
  const build = () => composerWords({ session, queue, examples: ["an example", "another"] });
  return { words: build(), build, prompts, edits, draft: () => readDraft("s1")?.text ?? null };
}

test("changing a queued message sets the draft aside, and saving brings it back", async () => {
  const { words, edits, draft } = await setUp();
  words.change("my draft");
  words.edit(queued);
  expect([words.text.value, words.isEditing.value]).toEqual(["what waits", true]);
  words.change("what waits, changed");
  expect(draft()).toBe("my draft");
  expect(await words.save()).toBe(null);
  expect([words.text.value, words.isEditing.value, edits]).toEqual([
    "my draft",
    false,
    ["p1: what waits, changed"],
  ]);
});

test("a change that comes too late stays in the field, as a message of its own", async () => {
  const { words, prompts } = await setUp({ status: 409, code: "prompt_taken_up", detail: "", data: {} });
  words.edit(queued);
  words.change("too late");
  expect(await words.save()).toMatchObject({ code: "prompt_taken_up" });
  prompts.value = [];
  expect([words.text.value, words.isEditing.value, words.slot.value.kind]).toEqual([
    "too late",
    false,
    "edit",
  ]);
  const message = words.message("queue");
  expect(message).toMatchObject({ text: "too late", delivery: "queue" });
  expect(message.id).not.toBe("p1");
});

test("what was being changed when the page was left is gone on with", async () => {
  const { words, build } = await setUp();
  words.change("my draft");
  words.edit(queued);
  words.change("half changed");
  const next = build();
  expect([next.text.value, next.isEditing.value]).toEqual(["half changed", true]);
  next.leave();
  expect([next.text.value, build().text.value]).toEqual(["my draft", "my draft"]);
});

test("a message that is sent again is the draft where there was none, else beside it", async () => {
  const { words, draft } = await setUp();
  words.again(said("said before"));
  expect([words.text.value, words.slot.value.kind, draft()]).toEqual(["said before", "draft", "said before"]);
  words.again(said("said earlier"));
  expect([words.text.value, words.slot.value.kind, draft()]).toEqual([
    "said earlier",
    "again",
    "said before",
  ]);
  words.again(said("and this"));
  expect(words.text.value).toBe("said earlier\n\nand this");
  words.leave();
  expect(words.text.value).toBe("said before");
});

test("each text has the id of a prompt of its own, the same for every try", async () => {
  const { words } = await setUp();
  words.change("my draft");
  const first = words.message("queue").id;
  words.change("my draft, longer");
  words.again(said("said before"));
  const again = words.message("steer");
  words.leave();
  expect(words.message("queue").id).toBe(first);
  expect(again.id).not.toBe(first);
  expect(again).toMatchObject({ text: "said before", delivery: "steer" });
});

test("what is put after the draft leaves a change of the queue where it is", async () => {
  const { words, build } = await setUp();
  words.edit(queued);
  words.change("half changed");
  words.tryExample("an example");
  expect([words.text.value, words.slot.value.kind]).toEqual(["an example", "draft"]);
  words.edit(queued);
  expect(words.text.value).toBe("half changed");
  expect(build().isEditing.value).toBe(true);
});

test("what went beside a message that comes back is beside it again, and its words are its words alone", async () => {
  const { words } = await setUp();
  words.fill(said("look", log, picture));
  expect([words.text.value, words.message("queue").attached]).toEqual(["look", [log, picture]]);
  words.again(said("look again", log));
  expect([words.slot.value.kind, words.text.value, words.message("queue").attached]).toEqual([
    "again",
    "look again",
    [log],
  ]);
  // Once, however often it is wanted.
  words.again(said("look again", log));
  expect(words.message("queue").attached).toEqual([log]);
  words.leave();
  expect([words.text.value, words.message("queue").attached]).toEqual(["look", [log, picture]]);
});

test("what goes beside a draft already stays when a message is taken back to it", async () => {
  const { words } = await setUp();
  words.fill([picture]);
  words.fill([log]);
  expect([words.text.value, words.message("queue").attached]).toEqual(["", [picture, log]]);
});

test("a message that was taken back keeps its id, though only a paste went with it", async () => {
  const { words } = await setUp();
  const { keepPromptId } = await import("../../../src/state/outbox/drafts.ts");
  keepPromptId("s1", "taken-back");
  words.fill([log]);
  expect(words.message("queue").id).toBe("taken-back");
});

test("a queued message is changed with its texts as tiles; its pictures stay with the machine", async () => {
  const { words, edits } = await setUp();
  words.edit({ ...queued, content: [...said("what waits", log, { ...picture, data: "" })] });
  expect([words.text.value, words.message("queue").attached]).toEqual(["what waits", [log]]);
  words.change("changed");
  expect(await words.save()).toBe(null);
  expect([edits, words.attachments.value]).toEqual([
    [`p1: changed: ${log.type === "text" ? log.text : ""}`],
    [],
  ]);
});
