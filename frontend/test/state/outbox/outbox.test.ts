// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PermissionRequest } from "../../../src/api/types.ts";

interface Sent {
  readonly path: string;
  readonly id: unknown;
}

let sent: Sent[] = [];
let answer: (id: unknown) => Response | Promise<Response>;
/** Closes the pages of the test: another tab would send what they left. */
const closePages: (() => void)[] = [];

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
  for (const close of closePages.splice(0)) close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The outbox of a page that was just opened, by a device that may come in. */
async function openPage() {
  const outbox = await import("../../../src/state/outbox/outbox.ts");
  outbox.startOutbox();
  closePages.push(outbox.stopOutbox);
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

test.each(["disk_full", "not_saving"])(
  "RES-07: a prompt that is refused as %s waits on this device, and is sent by itself once there is room",
  async (code) => {
    const outbox = await openPage();
    answer = () =>
      Response.json({ code }, { status: 507, headers: { "content-type": "application/problem+json" } });
    outbox.submitPrompt(prompt("prompt-a"));
    await wait(60_000);
    expect(outbox.promptsOf("s1").value.map(({ phase }) => phase)).toEqual(["phone"]);
    answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
    await wait(20_000);
    expect(outbox.promptsOf("s1").value.map(({ id, phase }) => [id, phase])).toEqual([
      ["prompt-a", "machine"],
    ]);
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(["prompt-a"]));
  },
);

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
  expect([outbox.promptsOf("s1").value, localStorage.getItem("voxpilot.outbox.prompt-a")]).toEqual([
    [],
    null,
  ]);
});

test("WEB-12: what a page of before kept in one list is sent, once, and the list goes", async () => {
  const old = { kind: "prompt", phase: "phone", failure: null, ...prompt("prompt-old") };
  localStorage.setItem("voxpilot.outbox", JSON.stringify([old]));
  const outbox = await openPage();
  await wait();
  expect([
    sent.map((each) => each.id),
    outbox.waiting.value,
    localStorage.getItem("voxpilot.outbox"),
  ]).toEqual([["prompt-old"], [], null]);
});

test("WEB-12: a prompt that is taken back to be edited keeps its id, unless the machine has refused it", async () => {
  const outbox = await openPage();
  const { clearDraft, writeDraft } = await import("../../../src/state/outbox/drafts.ts");
  const takeBack = () => {
    const [item] = outbox.promptsOf("s1").value;
    if (item !== undefined) outbox.takeBack(item);
    return writeDraft("s1", "edited")?.promptId;
  };
  answer = () => Promise.reject(new TypeError("offline"));
  outbox.submitPrompt(prompt("prompt-a"));
  await wait();
  expect(takeBack()).toBe("prompt-a");
  clearDraft("s1");
  answer = () => Response.json({ code: "id_reused", detail: "" }, { status: 422 });
  outbox.submitPrompt(prompt("prompt-a"));
  await wait();
  expect(takeBack()).not.toBe("prompt-a");
});

test("a decision whose answer was lost is taken as made when it is what was decided", async () => {
  const outbox = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  const request: PermissionRequest = {
    requestId: "r1",
    toolCallId: "c1",
    subject: { type: "command", command: "npm test", cwd: "/shop" },
    content: [],
    reach: [],
    dangerous: false,
    options: [{ optionId: "yes", kind: "allow_once", name: "Allow once" }],
    digest: "d",
  };
  outbox.submitDecision("s1", request, { kind: "allow_once" });
  await wait();
  const data = { outcome: { outcome: "selected", optionId: "yes", kind: "allow_once" } };
  answer = () => Response.json({ code: "permission_decided", detail: "", data }, { status: 409 });
  await wait(3000);
  expect(outbox.decisionOn("r1")?.phase).toBe("machine");
});

test("WEB-13: two tabs agree on what is left", async () => {
  const first = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  first.submitPrompt(prompt("prompt-a"));
  first.submitPrompt(prompt("prompt-b"));
  await wait();
  vi.resetModules();
  const second = await openPage();
  await wait();
  second.dropFromOutbox((item) => item.id === "prompt-a");
  await vi.waitFor(() => expect(first.waiting.value.map(({ id }) => id)).toEqual(["prompt-b"]));
  expect(second.waiting.value.map(({ id }) => id)).toEqual(["prompt-b"]);
});

test("what was said before this browser was paired anew is handed back, and goes when it is meant", async () => {
  const outbox = await openPage();
  outbox.stopOutbox();
  outbox.startOutbox("device-1");
  await wait();
  outbox.stopOutbox();
  outbox.submitPrompt(prompt("prompt-a"));
  outbox.startOutbox("device-2");
  await wait();
  const [item] = outbox.promptsOf("s1").value;
  expect([sent, item?.phase, item?.failure]).toEqual([
    [],
    "refused",
    { status: 409, code: "earlier_pairing", detail: "", data: {} },
  ]);
  outbox.sendAgain("prompt-a");
  await wait();
  expect(sent.map((each) => each.id)).toEqual(["prompt-a"]);
});

test("what was removed and is wanted after all is sent in its old place, under its id", async () => {
  const outbox = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  for (const id of ["prompt-a", "prompt-b", "prompt-c"]) outbox.submitPrompt(prompt(id));
  await wait();
  const removed = outbox.waiting.value[1];
  outbox.dropFromOutbox(({ id }) => id === "prompt-b");
  const without = outbox.waiting.value.map(({ id }) => id);
  if (removed !== undefined) outbox.putBackIntoOutbox(removed);
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  sent = [];
  await outbox.sendNow();
  await wait();
  expect([without, sent.map(({ id }) => id)]).toEqual([
    ["prompt-a", "prompt-c"],
    ["prompt-a", "prompt-b", "prompt-c"],
  ]);
});

test("sending at once says whether it was answered", async () => {
  const outbox = await openPage();
  answer = () => Promise.reject(new TypeError("offline"));
  outbox.submitPrompt(prompt("prompt-a"));
  await wait();
  const offline = await outbox.sendNow();
  answer = (id) => Response.json({ id, seq: 1 }, { status: 202 });
  expect([offline, await outbox.sendNow()]).toEqual([false, true]);
});
