// @vitest-environment happy-dom
/** The queue as this device shows it: what was just changed here stands at once, and what the machine refuses goes back. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { emptyTranscript } from "../../../../transcript/fold.ts";
import type { Transcript } from "../../../../transcript/transcript.ts";
import type { QueuedPrompt } from "../../../src/api/types.ts";
import { signal } from "../../../src/lib/signal.ts";

interface Call {
  readonly does: string;
  readonly body: unknown;
}

let calls: Call[] = [];
let answer: (call: Call) => Promise<Response>;

const refusal = () =>
  Response.json(
    { code: "prompt_taken_up", detail: "" },
    { status: 409, headers: { "content-type": "application/problem+json" } },
  );
const taken = async ({ does }: Call) =>
  does.startsWith("DELETE") ? new Response(null, { status: 204 }) : Response.json([]);

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  calls = [];
  answer = taken;
  vi.stubGlobal("fetch", async (request: Request) => {
    const said = await request.text();
    const path = new URL(request.url).pathname.replace("/api/sessions/s1", "");
    const call = { does: `${request.method} ${path}`, body: said === "" ? null : JSON.parse(said) };
    calls.push(call);
    return await answer(call);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const prompt = (promptId: string, text = promptId): QueuedPrompt => ({
  promptId,
  content: [{ type: "text", text }],
  delivery: "queue",
});

async function setUp(...ids: readonly string[]) {
  const { sessionQueue } = await import("../../../src/state/session/queue.ts");
  const transcript = signal<Transcript>({
    ...emptyTranscript,
    state: "running",
    queue: ids.map((id) => prompt(id)),
  });
  const queue = sessionQueue({ id: "s1", transcript });
  const stream = (next: readonly QueuedPrompt[]) => {
    transcript.value = { ...transcript.peek(), queue: next };
  };
  const shown = () => queue.prompts.value.map(({ promptId }) => promptId);
  return { queue, stream, shown };
}

test("a move stands before its answer, and what the stream says then holds", async () => {
  const { queue, stream, shown } = await setUp("a", "b", "c");
  const moved = queue.move("c", "a");
  expect(shown()).toEqual(["c", "a", "b"]);
  expect(await moved).toBe(null);
  expect(calls).toEqual([{ does: "PATCH /prompts/c", body: { before: "a" } }]);
  stream([prompt("c"), prompt("a"), prompt("b")]);
  await vi.advanceTimersByTimeAsync(0);
  stream([prompt("a"), prompt("c")]);
  expect(shown()).toEqual(["a", "c"]);
});

test("a removal that the machine refuses goes back, and says why", async () => {
  answer = async () => refusal();
  const { queue, shown } = await setUp("a", "b");
  const removed = queue.remove("a");
  expect(shown()).toEqual(["b"]);
  expect(await removed).toMatchObject({ status: 409, code: "prompt_taken_up" });
  expect(shown()).toEqual(["a", "b"]);
});

test("an edit changes the words alone: what else is in the message stays", async () => {
  const link = { type: "resource_link" as const, uri: "file:///notes.md", name: "notes.md" };
  const { queue, stream } = await setUp();
  stream([{ ...prompt("a", "old"), content: [{ type: "text", text: "old" }, link] }]);
  await queue.edit("a", { text: "new", attached: [] });
  expect(calls).toEqual([
    { does: "PATCH /prompts/a", body: { content: [{ type: "text", text: "new" }, link] } },
  ]);
  expect(queue.prompts.value[0]?.content).toEqual([{ type: "text", text: "new" }, link]);
});

test("what the stream does not tell of for long is no longer shown", async () => {
  const { queue, shown } = await setUp("a", "b");
  await queue.move("b", "a");
  expect(shown()).toEqual(["b", "a"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown()).toEqual(["a", "b"]);
});

test("sending now asks for the turn that runs, or for its place", async () => {
  const { queue } = await setUp("a", "b");
  await queue.sendNow("a", "steer");
  await queue.sendNow("b", "interrupt");
  expect(calls).toEqual([
    { does: "PATCH /prompts/a", body: { now: "steer" } },
    { does: "PATCH /prompts/b", body: { now: "interrupt" } },
  ]);
});

test("what is put back is sent under an id of its own, and moved to where it stood once it waits", async () => {
  const { queue, stream } = await setUp("b");
  const { promptsOf } = await import("../../../src/state/outbox/outbox.ts");
  queue.putBack(prompt("a", "words"), "b");
  const [sent] = promptsOf("s1").value;
  expect(sent).toMatchObject({ content: [{ type: "text", text: "words" }], delivery: "queue" });
  expect(sent?.id).not.toBe("a");
  const again = prompt(sent?.id ?? "", "words");
  stream([prompt("b"), again]);
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual([{ does: `PATCH /prompts/${again.promptId}`, body: { before: "b" } }]);
});

test("a message moves before another that waits, and to the end, also when the other one is gone", async () => {
  const { movedBefore } = await import("../../../../transcript/prompt-queue.ts");
  const queue = [prompt("a"), prompt("b"), prompt("c")];
  const ids = (before: string | null) => movedBefore(queue, "b", before).map(({ promptId }) => promptId);
  expect([ids("a"), ids(null), ids("gone"), ids("c"), ids("b")]).toEqual([
    ["b", "a", "c"],
    ["a", "c", "b"],
    ["a", "c", "b"],
    ["a", "b", "c"],
    ["a", "b", "c"],
  ]);
});
