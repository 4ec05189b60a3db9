/** Nothing is lost: a page that sleeps, loses its network or its tab, and a machine that dies, in the middle of a turn. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Conversation } from "../backend/src/demo/scripted-model/conversation.ts";
import type { ScriptedReply } from "../backend/src/demo/scripted-model/script.ts";
import { launchBrowser, machineName } from "./support/browser.ts";
import { type LastingProduct, startLastingProduct } from "./support/lasting-product.ts";
import { allowNext, startSession, turnEnd } from "./support/person.ts";
import { newPhone, type Phone, screenshot } from "./support/phone.ts";
import { type SilentProxy, startSilentProxy } from "./support/silent-proxy.ts";

const isLong = process.env.VOXPILOT_TEST_LONG === "1";
/** What a log must never hold, and so nor must a phone. */
const canary = `ghp_${"Canary".repeat(6)}`;
const words = Array.from({ length: 300 }, (_, index) => `word${index + 1}`).join(" ");
const files = {
  "auth.ts": "export function login() {\n  return null;\n}\n",
  "cart.ts": "export function pay() {\n  return null;\n}\n",
  "keys.txt": `token ${canary}\n`,
};
const models = [{ id: "scripted", name: "Scripted", contextWindow: 200_000 }];

/** What the model does for each prompt. */
function reply({ prompt, calls }: Conversation): ScriptedReply {
  if (prompt.startsWith("edit")) {
    const path = prompt.slice("edit ".length);
    const edit = { path, old_string: "return null;", new_string: "return renew();" };
    const isDone = calls.some(({ tool, result }) => tool === "edit" && result.includes("+1"));
    return isDone ? { text: `Edited ${path}.` } : { calls: [{ tool: "edit", arguments: edit }] };
  }
  if (prompt.startsWith("read much") && calls.length < 180)
    return {
      calls: Array.from({ length: 60 }, (_, index) => ({
        tool: "glob",
        arguments: { pattern: `*${calls.length + index}.ts` },
      })),
    };
  if (prompt.startsWith("read much")) return { text: words };
  if (prompt.startsWith("read the keys") && calls.length === 0)
    return { calls: [{ tool: "read", arguments: { path: "keys.txt" } }] };
  return { text: `Heard: ${prompt}.` };
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

async function lastingProduct(publicUrl?: (port: number) => string): Promise<LastingProduct> {
  const script = { models, fallback: reply };
  const product = await startLastingProduct({
    script,
    files,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  onTestFinished(() => product.stop());
  return product;
}

async function phone(options: Parameters<typeof newPhone>[1] = {}): Promise<Phone> {
  const made = await newPhone(browser, options);
  onTestFinished(() => made.context.close());
  return made;
}

interface LoggedEvent {
  readonly seq: number;
  readonly turnId?: string;
  readonly update: {
    readonly sessionUpdate: string;
    readonly state?: string;
    readonly content?: { readonly text?: string };
    readonly outcome?: { readonly outcome: string; readonly kind?: string };
  };
}

/** A device of its own on the same machine, without a browser. */
async function caller(product: LastingProduct) {
  const token = await product.newToken();
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${product.origin}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  };
  const events = async (sessionId: string): Promise<readonly LoggedEvent[]> => {
    const all: LoggedEvent[] = [];
    for (let hasMore = true; hasMore; ) {
      const page = await call<{ events: LoggedEvent[]; hasMore: boolean }>(
        `/api/sessions/${sessionId}/events?after=${all.at(-1)?.seq ?? 0}&limit=500`,
      );
      all.push(...page.events);
      hasMore = page.hasMore;
    }
    return all;
  };
  return { call, events };
}

/** The turns that a prompt with these words began. */
function turnsOf(events: readonly LoggedEvent[], said: string): number {
  return events.filter(
    ({ update }) => update.sessionUpdate === "user_message_chunk" && update.content?.text === said,
  ).length;
}

function endedTurns(events: readonly LoggedEvent[]): number {
  return events.filter(({ update }) => update.sessionUpdate === "state_update" && update.state === "idle")
    .length;
}

function outcomesOf(events: readonly LoggedEvent[]): readonly (string | undefined)[] {
  return events
    .filter(({ update }) => update.sessionUpdate === "permission_outcome")
    .map(({ update }) => update.outcome?.kind ?? update.outcome?.outcome);
}

/** Pairs the browser; anywhere but on the machine itself it asks first. Ends on the list of sessions. */
async function enter(page: Page, product: LastingProduct, origin = product.publicOrigin): Promise<void> {
  await page.goto(`${origin}/pair#${await product.newCode()}`);
  const button = page.getByRole("button", { name: "Pair", exact: true });
  const list = page.getByRole("button", { name: "New session" }).first();
  await button.or(list).first().waitFor();
  if (await button.isVisible()) await button.click();
  await list.waitFor();
}

const sessionIdOf = (page: Page) => new URL(page.url()).pathname.slice("/s/".length);
const entriesOf = (page: Page) => page.locator(".transcript article").allInnerTexts();
const field = (page: Page) => page.getByRole("textbox", { name: "Message" });

/** The button has just become Send: it takes no tap that was meant for Stop. */
async function say(page: Page, said: string): Promise<void> {
  await field(page).fill(said);
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send" }).click();
      return await field(page).inputValue();
    })
    .toBe("");
}

/** The page's own files are there, so that it opens without a network. */
async function untilPageIsKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(() => caches.has("x").then(() => caches.keys()))).toHaveLength(1);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const [name] = await caches.keys();
        return (await (await caches.open(name ?? "")).keys()).length;
      }),
    )
    .toBeGreaterThan(10);
}

/** The database holds the session, as it does a few seconds after it was seen. */
async function untilSessionIsKept(page: Page, lastWords: string): Promise<void> {
  await expect.poll(async () => (await dump(page)).includes(lastWords), { timeout: 15_000 }).toBe(true);
}

/** Everything that this page has stored in its browser, as text. */
async function dump(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? "");
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of database.objectStoreNames) {
        const values = await new Promise<unknown>((resolve) => {
          const reading = database.transaction(store).objectStore(store).getAll();
          reading.onsuccess = () => resolve(reading.result);
        });
        parts.push({ [store]: values });
      }
      database.close();
    }
    for (const name of await (globalThis.caches?.keys() ?? []))
      for (const request of await (await caches.open(name)).keys()) parts.push(request.url);
    return JSON.stringify(parts);
  });
}

test.each(["visibilitychange", "pageshow"])(
  "WEB-11: a page that froze while its connections died without a word shows what the server has within 2 s of %s",
  { retry: 2, timeout: 180_000 },
  async (waking) => {
    let product: LastingProduct | null = null;
    const proxy: SilentProxy = await startSilentProxy(() => product?.port ?? 0);
    onTestFinished(() => proxy.close());
    const running = await lastingProduct(() => `http://${machineName}:${proxy.port}`);
    product = running;
    const { page, context } = await phone();
    await enter(page, running);
    await startSession(page, "hello");
    await turnEnd(page).waitFor();
    const sessionId = sessionIdOf(page);
    // Beside the network that dies, this one sees everything as it comes.
    const other = await phone();
    await enter(other.page, running, running.origin);
    await other.page.goto(`${running.origin}/s/${sessionId}`);
    await turnEnd(other.page).waitFor();
    const { call, events } = await caller(running);
    const before = (await events(sessionId)).at(-1)?.seq ?? 0;

    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    proxy.dropOpen();
    const prompt = { id: "asked-elsewhere", content: [{ type: "text", text: "read much" }] };
    await call(`/api/sessions/${sessionId}/prompts`, prompt);
    await expect.poll(async () => endedTurns(await events(sessionId)), { timeout: 60_000 }).toBe(2);
    expect(((await events(sessionId)).at(-1)?.seq ?? 0) - before).toBeGreaterThanOrEqual(500);
    if (isLong) await new Promise((resolve) => setTimeout(resolve, 60_000));

    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    const wokenAt = Date.now();
    await page.evaluate((type) => {
      if (type === "visibilitychange") document.dispatchEvent(new Event(type));
      else window.dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
    }, waking);
    await page.getByText("word300").waitFor({ timeout: 5000 });
    const tookMs = Date.now() - wokenAt;
    const after = await entriesOf(page);
    await other.page.getByText("word300").waitFor();
    expect(after).toEqual(await entriesOf(other.page));
    expect(after.join("\n")).toContain("Searched 180 times");
    expect(after.join("\n").split("word150 ").length).toBe(2);
    expect(tookMs).toBeLessThan(2000);
  },
);

test("WEB-12: a prompt sent without a network outlives its tab and is one turn, under the id of its draft", async () => {
  const product = await lastingProduct();
  const { page, context } = await phone();
  await enter(page, product);
  await startSession(page, "hello");
  await turnEnd(page).waitFor();
  const address = page.url();
  const { events } = await caller(product);
  await untilPageIsKept(page);
  await untilSessionIsKept(page, "Heard: hello.");

  await field(page).fill("once and no more");
  const draft = await page.evaluate(
    (name) => localStorage.getItem(name),
    `voxpilot.draft.${sessionIdOf(page)}`,
  );
  const { promptId }: { readonly promptId: string } = JSON.parse(draft ?? "{}");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/^On this (phone|computer)$/).waitFor();
  await page.close({ runBeforeUnload: false });

  // Without a network too: the page, what was in it, and what waits.
  const reopened = await context.newPage();
  await reopened.goto(address);
  await reopened.getByText("Heard: hello.").waitFor({ timeout: 15_000 });
  await reopened.getByText(/^On this (phone|computer)$/).waitFor();
  await reopened
    .locator(".machine-gone:visible")
    .getByText(/Last heard/)
    .waitFor();
  await reopened.getByRole("button", { name: "Model: Scripted" }).waitFor();
  await screenshot(reopened, "offline-cold-start");
  await context.setOffline(false);
  await reopened.getByText("Heard: once and no more.").waitFor({ timeout: 30_000 });
  const log = await events(sessionIdOf(reopened));
  expect(turnsOf(log, "once and no more")).toBe(1);
  expect(JSON.stringify(log)).toContain(promptId);
  expect(
    product.model.requests().filter(({ body }) => JSON.stringify(body).includes("once and no more")),
  ).toHaveLength(1);
}, 120_000);

test("WEB-07: after a sign-out a page opened without the machine shows how to pair, and no session", async () => {
  const product = await lastingProduct();
  const { page } = await phone();
  await enter(page, product);
  await startSession(page, "the secret plan");
  await turnEnd(page).waitFor();
  const address = page.url();
  await untilPageIsKept(page);
  await untilSessionIsKept(page, "Heard: the secret plan.");
  const worker = await fetch(`${product.origin}/service-worker.js`);
  expect({
    status: worker.status,
    allowed: worker.headers.get("service-worker-allowed"),
    caching: worker.headers.get("cache-control"),
    scope: await page.evaluate(async () => (await navigator.serviceWorker.ready).scope),
    calls: (await dump(page)).includes("/api/"),
  }).toEqual({ status: 200, allowed: null, caching: "no-cache", scope: `${product.origin}/`, calls: false });
  const projectFile = await fetch(`${product.origin}/shop/auth.ts`);
  expect(projectFile.status).toBe(404);

  await page.goto(`${product.origin}/settings/devices`);
  await page
    .getByRole("button", { name: /^Sign out/ })
    .first()
    .click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor();
  await expect.poll(() => dump(page)).not.toContain("secret plan");
  await untilPageIsKept(page);
  await product.end("SIGKILL");
  await page.goto(address);
  await page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor({ timeout: 15_000 });
  await screenshot(page, "signed-out-and-offline");
  expect(await page.getByText("secret plan").count()).toBe(0);
  expect(await dump(page)).not.toContain("secret plan");
}, 120_000);

test("WEB-14: what a phone keeps holds no token, no code and no secret that the agent read", async () => {
  const product = await lastingProduct();
  const { page, context } = await phone();
  await page.goto(`${product.origin}/pair`);
  const code = await product.newCode();
  await page.getByRole("textbox").fill(code);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
  await startSession(page, "read the keys");
  await turnEnd(page).waitFor();
  await field(page).fill("a draft");
  await untilSessionIsKept(page, "Heard: read the keys.");
  const kept = await dump(page);
  const secrets = [
    code,
    code.replace("-", ""),
    canary,
    ...(await context.cookies()).map(({ value }) => value),
  ];
  expect(kept).toContain("Heard: read the keys.");
  expect(secrets.length).toBeGreaterThan(3);
  expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);
}, 120_000);

test("what was seen last is readable when the machine is gone, and goes on when it is back", async () => {
  const product = await lastingProduct();
  const { page } = await phone({ colorScheme: "dark", width: 360, height: 740 });
  await enter(page, product);
  await startSession(page, "hello");
  await turnEnd(page).waitFor();
  await untilPageIsKept(page);
  await untilSessionIsKept(page, "Heard: hello.");
  await product.end("SIGKILL");
  await page.goto(`${product.origin}/`);
  await page
    .locator(".machine-gone:visible")
    .getByText(/Last heard/)
    .waitFor({ timeout: 15_000 });
  await page.getByRole("link", { name: /hello/i }).or(page.locator(".session-list li")).first().click();
  await page.getByText("Heard: hello.").waitFor();
  await screenshot(page, "machine-gone");
  await say(page, "are you back");
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("button", { name: /^Waiting on this/ }).click();
  await page.getByText("are you back").last().waitFor();
  await screenshot(page, "waiting-on-this-phone");
  await page.getByRole("button", { name: "Close" }).click();
  await product.start();
  await page.getByRole("button", { name: "Try now" }).first().click();
  await page.getByText("Heard: are you back.").waitFor({ timeout: 30_000 });
  const { events } = await caller(product);
  expect(turnsOf(await events(sessionIdOf(page)), "are you back")).toBe(1);
}, 120_000);

test.each(["offline", "frozen"])(
  "a question that waits while the page is %s is decided afterwards exactly once, and two browsers agree",
  async (fault) => {
    const product = await lastingProduct();
    const { page, context } = await phone();
    const other = await phone({ width: 1440, height: 900 });
    await enter(page, product);
    await enter(other.page, product);
    await startSession(page, "edit auth.ts");
    await other.page.goto(page.url());
    const card = (of: Page) => of.locator(".docks").getByRole("region", { name: "Edit auth.ts?" });
    await Promise.all([card(page).waitFor(), card(other.page).waitFor()]);

    const devtools = await context.newCDPSession(page);
    if (fault === "offline") await context.setOffline(true);
    else await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    const { call, events } = await caller(product);
    const sessionId = sessionIdOf(page);
    const next = { id: "asked-meanwhile", content: [{ type: "text", text: "and then say so" }] };
    await call(`/api/sessions/${sessionId}/prompts`, next);
    if (fault === "offline") await context.setOffline(false);
    else {
      await devtools.send("Page.setWebLifecycleState", { state: "active" });
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    }
    await allowNext(page);
    await card(other.page).waitFor({ state: "hidden", timeout: 1000 });
    const last = "Heard: and then say so.";
    await Promise.all([page, other.page].map((each) => each.getByText(last).waitFor()));
    await expect.poll(async () => endedTurns(await events(sessionId))).toBe(2);
    await expect.poll(() => entriesOf(page), { timeout: 1000 }).toEqual(await entriesOf(other.page));
    const log = await events(sessionId);
    expect(outcomesOf(log)).toEqual(["allow_once"]);
    expect([turnsOf(log, "edit auth.ts"), turnsOf(log, "and then say so")]).toEqual([1, 1]);
    expect(await readFile(join(product.project, "auth.ts"), "utf8")).toBe(
      files["auth.ts"].replace("return null;", "return renew();"),
    );
  },
  120_000,
);

test("a machine that dies with a question open asks again when the turn is continued, and runs it once", async () => {
  const product = await lastingProduct();
  const { page } = await phone();
  await enter(page, product);
  await startSession(page, "edit cart.ts");
  await page.locator(".docks").getByRole("region", { name: "Edit cart.ts?" }).waitFor();
  await product.restart();
  await page.getByRole("button", { name: "Continue" }).click({ timeout: 30_000 });
  expect(await allowNext(page)).toBe("Edit cart.ts?");
  await page.getByText("Edited cart.ts.").waitFor();
  const { events } = await caller(product);
  const log = await events(sessionIdOf(page));
  expect(outcomesOf(log)).toEqual(["cancelled", "allow_once"]);
  expect(turnsOf(log, "edit cart.ts")).toBe(1);
  expect(await readFile(join(product.project, "cart.ts"), "utf8")).toContain("return renew();");
}, 120_000);

test("a decision made without a network on a question that ended meanwhile is handed back with words", async () => {
  const product = await lastingProduct();
  const { page, context } = await phone();
  await enter(page, product);
  await startSession(page, "edit auth.ts");
  const allow = page.locator('button:not([aria-disabled="true"])', { hasText: /^Allow once$/ });
  await allow.waitFor({ timeout: 30_000 });
  await context.setOffline(true);
  await allow.click();
  await page.getByText("Allowed · sending").waitFor();
  await product.restart();
  await context.setOffline(false);
  await page
    .getByText(/no longer|decided before|not applied/i)
    .first()
    .waitFor({ timeout: 30_000 });
  const { events } = await caller(product);
  expect(outcomesOf(await events(sessionIdOf(page)))).toEqual(["cancelled"]);
  expect(await readFile(join(product.project, "auth.ts"), "utf8")).toBe(files["auth.ts"]);
}, 120_000);

test("two tabs agree on what waits: what one takes back, the other does not send", async () => {
  const product = await lastingProduct();
  const { page, context } = await phone({ width: 1440, height: 900 });
  await enter(page, product);
  await startSession(page, "hello");
  await turnEnd(page).waitFor();
  const second = await context.newPage();
  await second.goto(page.url());
  await turnEnd(second).waitFor();
  await context.setOffline(true);
  await say(page, "first to wait");
  await say(page, "second to wait");
  await expect.poll(() => second.locator(".entry-pending").count()).toBe(2);
  await second
    .getByRole("button", { name: /^More for/ })
    .last()
    .click();
  await second.getByRole("button", { name: /^Waiting on this/ }).click();
  await screenshot(second, "waiting-on-this-computer");
  await second.getByRole("button", { name: "Remove" }).first().click();
  await expect.poll(() => page.locator(".entry-pending").count()).toBe(1);
  await context.setOffline(false);
  await page.getByText("Heard: second to wait.").waitFor({ timeout: 30_000 });
  await second.getByText("Heard: second to wait.").waitFor({ timeout: 30_000 });
  const { events } = await caller(product);
  const log = await events(sessionIdOf(page));
  expect([turnsOf(log, "first to wait"), turnsOf(log, "second to wait")]).toEqual([0, 1]);
}, 120_000);

test("a draft is shared by tabs, is gone where it was sent elsewhere, and lasts where there is no room for it", async () => {
  const product = await lastingProduct();
  const { page, context } = await phone();
  await enter(page, product);
  await startSession(page, "hello");
  await turnEnd(page).waitFor();
  const second = await context.newPage();
  await second.goto(page.url());
  await turnEnd(second).waitFor();
  await field(page).fill("begun in one tab");
  await expect.poll(() => field(second).inputValue()).toBe("begun in one tab");
  await say(second, "begun in one tab");
  await second.getByText("Heard: begun in one tab.").waitFor();
  await expect.poll(() => field(page).inputValue()).toBe("");

  await page.evaluate(() => {
    const fill = (text: string) => {
      try {
        for (let index = 0; ; index += 1) localStorage.setItem(`filler.${text.length}.${index}`, text);
      } catch {
        return;
      }
    };
    for (const size of [200_000, 2000, 20, 1]) fill("x".repeat(size));
  });
  await field(page).fill("there is no room for this");
  await page.getByText(/has no room to keep what you write/).waitFor();
  await screenshot(page, "no-room-for-a-draft");
  await say(page, "there is no room for this");
  await page.getByText("Heard: there is no room for this.").waitFor();
  const { events } = await caller(product);
  expect(turnsOf(await events(sessionIdOf(page)), "begun in one tab")).toBe(1);
}, 120_000);
