// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { PermissionRequest } from "../../src/api/types.ts";
import { owned } from "../../src/lib/signal.ts";

interface Sent {
  readonly url: string;
  readonly body: unknown;
}

let sent: Sent[] = [];
let answer: () => Response = () => Response.json({ requestId: "r", outcome: {} });
let count = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  sent = [];
  answer = () => Response.json({ requestId: "r", outcome: {} });
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push({ url: new URL(request.url).pathname, body: JSON.parse(await request.text()) });
    return answer();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Every request has an id of its own: what was decided in one test stays decided. */
function request(change: Partial<PermissionRequest> = {}): PermissionRequest {
  count += 1;
  return {
    requestId: `r${count}`,
    toolCallId: "c1",
    subject: { type: "command", command: "npm install jose@5", cwd: "/home/a/shop" },
    content: [],
    reach: ["uses_network", "installs_packages", "inside_project"],
    dangerous: false,
    options: [
      { optionId: "yes", kind: "allow_once", name: "Allow once" },
      { optionId: "always", kind: "allow_always", name: "Allow always" },
      { optionId: "no", kind: "reject_once", name: "Deny" },
    ],
    digest: "digest-of-what-is-shown",
    ...change,
  };
}

/** The card in the page. Without layout every height is 0, so the thing gets one, and all of it is in view. */
async function card(
  question: PermissionRequest,
  heights = { scroll: 100, client: 100 },
  into: HTMLElement = document.body,
): Promise<HTMLElement> {
  const { PermissionCard } = await import("../../src/views/permission/permission-card.ts");
  const { startOutbox } = await import("../../src/state/outbox/outbox.ts");
  startOutbox();
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(heights.client);
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(heights.scroll);
  const built = owned(() =>
    PermissionCard({ sessionId: "s1", request: question, position: { index: 1, count: 2 } }),
  );
  into.replaceChildren(built.value);
  if (into !== document.body) document.body.replaceChildren(into);
  onTestFinished(() => {
    built.dispose();
    vi.restoreAllMocks();
  });
  built.value.querySelector(".permission-thing")?.dispatchEvent(new Event("scroll"));
  return built.value;
}

/** A tap as the browser reports a person's. */
function tap(button: Element | null, init: { readonly trusted: boolean } = { trusted: true }): void {
  const event = new MouseEvent("click", { bubbles: true, detail: 1 });
  Object.defineProperty(event, "isTrusted", { value: init.trusted });
  button?.dispatchEvent(event);
}

const settle = () => vi.advanceTimersByTimeAsync(600);
const words = (root: HTMLElement) => [...root.querySelectorAll("button")].map((button) => button.textContent);

test("shows the question, where, the whole command, how far it reaches, and the buttons in order", async () => {
  const root = await card(request());
  expect([
    root.getAttribute("aria-label"),
    root.querySelector(".permission-position")?.textContent,
    root.querySelector(".permission-where")?.textContent,
    root.querySelector(".permission-text")?.textContent,
    [...root.querySelectorAll(".reach-chip")].map((chip) => chip.textContent),
    words(root),
  ]).toEqual([
    "Run this command?",
    "1 of 2",
    "in\u00a0/home/a/shop",
    "npm install jose@5",
    ["Uses the network", "Installs packages", "Inside the project"],
    ["Deny", "Allow…", "Allow once"],
  ]);
});

test("WEB-08: ignores a tap within half a second of appearing", async () => {
  const root = await card(request());
  tap(root.querySelector(".permission-allow"));
  await vi.advanceTimersByTimeAsync(400);
  tap(root.querySelector(".permission-allow"));
  await settle();
  expect(sent).toEqual([]);
});

test("WEB-08: ignores a click that no person made", async () => {
  const root = await card(request());
  await settle();
  tap(root.querySelector(".permission-allow"), { trusted: false });
  await settle();
  expect(sent).toEqual([]);
});

test("sends the option with the digest of exactly what was shown, once", async () => {
  const question = request();
  const root = await card(question);
  await settle();
  tap(root.querySelector(".permission-allow"));
  tap(root.querySelector(".permission-allow"));
  await settle();
  expect(sent).toEqual([
    {
      url: `/api/sessions/s1/permissions/${question.requestId}`,
      body: { optionId: "yes", digest: question.digest },
    },
  ]);
  expect(root.querySelector(".permission-receipt")?.textContent).toBe("Allowed · on the machine");
});

test("denies without having seen the end, but does not allow", async () => {
  const question = request();
  const root = await card(question, { scroll: 900, client: 240 });
  await settle();
  tap(root.querySelector(".permission-allow"));
  await settle();
  const early = [...sent];
  tap(root.querySelector(".permission-deny"));
  await settle();
  expect([
    early,
    sent.map((each) => each.body),
    root.querySelector(".permission-more span")?.textContent,
  ]).toEqual([[], [{ optionId: "no", digest: question.digest }], "33 more lines"]);
});

test("allows once the end has been on the screen", async () => {
  const root = await card(request(), { scroll: 900, client: 240 });
  const thing = root.querySelector(".permission-thing");
  await settle();
  if (thing !== null) thing.scrollTop = 660;
  thing?.dispatchEvent(new Event("scroll"));
  tap(root.querySelector(".permission-allow"));
  await settle();
  expect(sent.length).toBe(1);
});

test("allows what was read to its end on the review's screen", async () => {
  const { markSeen } = await import("../../src/views/permission/seen-elsewhere.ts");
  const root = await card(request({ digest: "read-in-review" }), { scroll: 900, client: 240 });
  await settle();
  tap(root.querySelector(".permission-allow"));
  const early = sent.length;
  markSeen("read-in-review");
  tap(root.querySelector(".permission-allow"));
  await settle();
  expect([early, sent.length, root.querySelector(".permission-more .muted")?.textContent]).toEqual([
    0,
    1,
    "",
  ]);
});

test("the button of a long thing goes to the end when less than a screen is left", async () => {
  const root = await card(request(), { scroll: 460, client: 240 });
  const thing = root.querySelector(".permission-thing");
  const steps: unknown[] = [];
  if (thing !== null) thing.scrollBy = (step?: unknown) => steps.push(step);
  tap(root.querySelector(".permission-more"));
  expect(steps).toEqual([{ top: 220 }]);
});

test("WEB-10: writes out hidden characters in the command, and says how many", async () => {
  const root = await card(request({ subject: { type: "command", command: "echo a\u202eb", cwd: "." } }));
  expect([
    root.querySelector(".permission-text")?.textContent,
    root.querySelector(".permission-hidden")?.textContent,
  ]).toEqual(["echo a<U+202E>b", "1 hidden or look-alike character, written out"]);
});

test("a dangerous question has no Allow…, and a tap does not answer it", async () => {
  const root = await card(request({ dangerous: true }));
  await settle();
  tap(root.querySelector(".hold-button"));
  await settle();
  expect([words(root), sent]).toEqual([["Deny", "Hold to allow"], []]);
});

test("a dangerous question is allowed by holding for 900 ms, and letting go cancels", async () => {
  const question = request({ dangerous: true });
  const root = await card(question);
  const button = root.querySelector<HTMLElement>(".hold-button");
  if (button !== null) button.setPointerCapture = () => undefined;
  await settle();
  const press = (type: string) => {
    const event = new PointerEvent(type, { bubbles: true, isPrimary: true, button: 0, pointerId: 1 });
    Object.defineProperty(event, "isTrusted", { value: true });
    button?.dispatchEvent(event);
  };
  press("pointerdown");
  await vi.advanceTimersByTimeAsync(800);
  press("pointerup");
  await vi.advanceTimersByTimeAsync(500);
  const early = sent.length;
  press("pointerdown");
  await vi.advanceTimersByTimeAsync(1000);
  window.dispatchEvent(new PointerEvent("pointerup"));
  await vi.advanceTimersByTimeAsync(500);
  expect([early, sent.map((each) => each.body)]).toEqual([0, [{ optionId: "yes", digest: question.digest }]]);
});

test("by keyboard a dangerous question takes two presses that name the thing", async () => {
  const root = await card(
    request({ dangerous: true, subject: { type: "command", command: "rm -rf dist", cwd: "." } }),
  );
  const button = root.querySelector(".hold-button");
  await settle();
  const press = () => {
    const event = new MouseEvent("click", { bubbles: true, detail: 0 });
    Object.defineProperty(event, "isTrusted", { value: true });
    button?.dispatchEvent(event);
  };
  press();
  const label = button?.textContent;
  press();
  await settle();
  expect([label, sent.length]).toEqual(["Confirm: rm -rf dist", 1]);
});

test("WEB-13: says who was faster", async () => {
  const data = {
    outcome: { outcome: "selected", optionId: "no", kind: "reject_once" },
    by: { kind: "device", id: "d", name: "laptop" },
    at: new Date(2026, 0, 5, 14, 2).toISOString(),
  };
  answer = () => Response.json({ code: "permission_decided", detail: "", data }, { status: 409 });
  const root = await card(request());
  await settle();
  tap(root.querySelector(".permission-allow"));
  await settle();
  expect(root.querySelector(".permission-receipt")?.textContent).toMatch(
    /^Already denied on laptop, .*0?2:02.*\.$|^Already denied on laptop, 14:02\.$/,
  );
});

test("gives a changed question back instead of deciding it", async () => {
  answer = () => Response.json({ code: "permission_changed", detail: "", data: {} }, { status: 409 });
  const root = await card(request());
  await settle();
  tap(root.querySelector(".permission-allow"));
  await settle();
  const told = root.querySelector(".permission-receipt span")?.textContent;
  tap(root.querySelector(".permission-receipt button"));
  expect([told, words(root)]).toEqual([
    "This changed since you saw it. Nothing was run.",
    ["Deny", "Allow…", "Allow once"],
  ]);
});

test("in docks that scroll as a whole, the end counts once it stands above the buttons that stay", async () => {
  const docks = document.createElement("div");
  docks.className = "docks";
  let scrolled = 0;
  const thingBottom = () => 440 - scrolled;
  const places: Readonly<Record<string, () => DOMRect>> = {
    docks: () => new DOMRect(0, 100, 360, 200),
    "permission-thing": () => new DOMRect(0, thingBottom() - 300, 360, 300),
    "permission-actions": () => new DOMRect(0, 243, 360, 57),
    // It stays above the buttons until its own place is higher.
    "permission-more": () => new DOMRect(0, Math.min(thingBottom(), 207), 360, 36),
  };
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function (this: HTMLElement) {
    return places[this.className]?.() ?? new DOMRect();
  });
  const root = await card(request(), { scroll: 300, client: 300 }, docks);
  const look = async (to: number) => {
    scrolled = to;
    docks.dispatchEvent(new Event("scroll"));
    await settle();
    return [
      root.querySelector(".permission-more span")?.textContent ?? null,
      root.querySelector(".permission-allow")?.getAttribute("aria-disabled"),
    ];
  };
  const first = await look(0);
  const moves: unknown[] = [];
  docks.scrollBy = (move?: unknown) => moves.push(move);
  tap(root.querySelector(".permission-more"));
  // From the upper edge of the docks to the row itself, but for a line to go on from.
  expect(moves).toEqual([{ top: 207 - 100 - 20 }]);
  const steps = [first, await look(200), await look(233), await look(0)];
  expect(steps).toEqual([
    ["12 more lines", "true"],
    ["2 more lines", "true"],
    [null, "false"],
    ["10 more lines", "false"],
  ]);
});
