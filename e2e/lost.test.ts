/** Nothing is lost: a page that sleeps or loses its network, and a machine that dies, in the middle of a turn. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { machineName } from "./support/browser.ts";
import type { LastingProduct } from "./support/lasting-product.ts";
import {
  caller,
  endedTurns,
  enter,
  entriesOf,
  files,
  isLong,
  lastingProduct,
  outcomesOf,
  phone,
  sessionIdOf,
  turnsOf,
} from "./support/lost-stage.ts";
import { allowNext, startSession, turnEnd } from "./support/person.ts";
import { type SilentProxy, startSilentProxy } from "./support/silent-proxy.ts";

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
