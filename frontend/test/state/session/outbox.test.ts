// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PermissionRequest } from "../../../src/api/types.ts";

interface Sent {
  readonly path: string;
  readonly id: unknown;
}

let sent: Sent[] = [];
let answer: (id: unknown) => Response | Promise<Response>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.resetModules();
  localStorage.clear();
  sent = [];
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  vi.stubGlobal("fetch", async (request: Request) => {
    const { id } = JSON.parse(await request.text());
    sent.push({ path: new URL(request.url).pathname, id });
    return answer(id);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The outbox of a page that was just opened, by a device that may come in. */
async function openPage() {
  const outbox = await import("../../../src/state/session/outbox.ts");
  outbox.startOutbox();
  return outbox;
}
const wait = (milliseconds = 50) => vi.advanceTimersByTimeAsync(milliseconds);
const prompt = (id: string) => ({
  id,
  sessionId: "s1",
  content: [{ type: "text" as const, text: id }],
  delivery: "queue" as const,
});

test("sends prompts of a session one after the other, in the order in which they were written", async () => {
  const outbox = await openPage();
  outbox.submitPrompt(prompt("prompt-a"));
  outbox.submitPrompt(prompt("prompt-b"));
  await wait();
  expect(sent).toEqual([
    { path: "/api/sessions/s1/prompts", id: "prompt-a" },
    { path: "/api/sessions/s1/prompts", id: "prompt-b" },
  ]);
  expect(outbox.promptsOf("s1").value.map((item) => item.phase)).toEqual(["machine", "machine"]);
});

test("tries again under the same id, and lets nothing overtake", async () => {
  const outbox = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  outbox.submitPrompt(prompt("prompt-a"));
  outbox.submitPrompt(prompt("prompt-b"));
  await wait();
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  await wait(3000);
  expect(sent.map((each) => each.id)).toEqual(["prompt-a", "prompt-a", "prompt-b"]);
});

test("keeps what is unsent over a reload, and sends it under its first id", async () => {
  const before = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  before.submitPrompt(prompt("prompt-a"));
  await wait();
  vi.clearAllTimers();
  vi.resetModules();
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  const after = await openPage();
  await wait();
  expect([sent.map((each) => each.id), after.promptsOf("s1").value.map((item) => item.phase)]).toEqual([
    ["prompt-a", "prompt-a"],
    ["machine"],
  ]);
});

test("keeps a refused prompt, with the reason, until the person does something", async () => {
  const outbox = await openPage();
  answer = () => Response.json({ code: "id_reused", detail: "Other words." }, { status: 422 });
  outbox.submitPrompt(prompt("prompt-a"));
  await wait(60_000);
  const [item] = outbox.promptsOf("s1").value;
  expect([sent.length, item?.phase, item?.failure]).toEqual([
    1,
    "refused",
    { status: 422, code: "id_reused", detail: "Other words.", data: {} },
  ]);
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  outbox.sendAgain("prompt-a");
  await wait();
  expect(sent.map((each) => each.id)).toEqual(["prompt-a", "prompt-a"]);
});

test("a device that may not come in keeps what it said, and sends nothing", async () => {
  const outbox = await openPage();
  outbox.stopOutbox();
  outbox.submitPrompt(prompt("prompt-a"));
  await wait(60_000);
  expect([sent, outbox.promptsOf("s1").value.map((item) => item.phase)]).toEqual([[], ["phone"]]);
  outbox.startOutbox();
  await wait();
  expect(sent.map((each) => each.id)).toEqual(["prompt-a"]);
});

test("the same prompt twice is one prompt", async () => {
  const outbox = await openPage();
  outbox.submitPrompt(prompt("prompt-a"));
  outbox.submitPrompt(prompt("prompt-a"));
  await wait();
  expect(sent.length).toBe(1);
});

test("a question is decided once: what comes after the decision is not taken for another", async () => {
  const outbox = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  const request: PermissionRequest = {
    requestId: "r1",
    toolCallId: "c1",
    subject: { type: "command", command: "npm test", cwd: "/shop" },
    content: [],
    reach: [],
    dangerous: false,
    options: [
      { optionId: "yes", kind: "allow_once", name: "Allow once" },
      { optionId: "no", kind: "reject_once", name: "Deny" },
    ],
    digest: "d",
  };
  const taken = [
    outbox.submitDecision("s1", request, { kind: "allow_once" }),
    outbox.submitDecision("s1", request, { kind: "reject_once", feedback: "use seconds" }),
  ];
  expect([taken, outbox.decisionOn("r1")?.option.optionId]).toEqual([[true, false], "yes"]);
});

test("forgets what the transcript has", async () => {
  const outbox = await openPage();
  outbox.submitPrompt(prompt("prompt-a"));
  await wait();
  outbox.dropFromOutbox((item) => item.id === "prompt-a");
  expect([outbox.promptsOf("s1").value, localStorage.getItem("voxpilot.outbox")]).toEqual([[], null]);
});
