/** What a browser keeps: prompts, drafts and sessions outlive its network and its tabs, and nothing outlives a sign-out. */
import { expect, test } from "vitest";
import {
  caller,
  canary,
  dump,
  enter,
  field,
  lastingProduct,
  phone,
  say,
  sessionIdOf,
  turnsOf,
  untilPageIsKept,
  untilSessionIsKept,
} from "./support/lost-stage.ts";
import { startSession, turnEnd } from "./support/person.ts";
import { screenshot } from "./support/phone.ts";

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

test("what the machine says is kept from the pairing on, however long the browser takes to empty its database", async () => {
  const product = await lastingProduct();
  const { page } = await phone();
  await page.addInitScript(() => {
    const { clear } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.clear = function (this: IDBObjectStore) {
      const emptying = clear.call(this);
      // Its transaction has more to do until the page is paired.
      const goOn = (): void => {
        if (localStorage.getItem("voxpilot.signedOut") !== null) this.count().onsuccess = goOn;
      };
      goOn();
      this.transaction.addEventListener("complete", () =>
        document.body.classList.add(`emptied-${this.name}`),
      );
      return emptying;
    };
  });
  await page.route("**/api/models", async (route) => {
    const emptied = page.locator("body.emptied-sessions.emptied-transcripts.emptied-facts");
    await emptied.waitFor({ state: "attached" });
    await route.continue();
  });
  await enter(page, product);
  await expect.poll(async () => (await dump(page)).includes(String.raw`\"providers\":`)).toBe(true);
}, 60_000);

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
