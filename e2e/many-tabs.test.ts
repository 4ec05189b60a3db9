/** More tabs of one machine than a browser keeps connections to it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { freshDemo } from "./support/fresh-demo.ts";
import { pair, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** Playwright shows every tab: the page is told that it is hidden, and ten seconds later. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const closed = page.waitForEvent("requestfailed", (request) => request.url().includes("/api/events"));
  await page.clock.fastForward(10_500);
  await closed;
}

test("with six hidden tabs of a session open, the seventh sends a prompt within a second", async () => {
  const product = await freshDemo();
  const { page: first, context } = await newPhone(browser, { width: 1440 });
  await pair(first, product);
  await startSession(first, "hello");
  const address = first.url();
  await first.close();

  for (let count = 0; count < 6; count += 1) {
    const tab = await context.newPage();
    await tab.clock.install();
    await tab.goto(address);
    await tab.getByRole("textbox", { name: "Message" }).waitFor();
    await hide(tab);
  }

  const seventh = await context.newPage();
  await seventh.goto(address);
  const field = seventh.getByRole("textbox", { name: "Message" });
  await field.fill("and from the seventh tab");
  const accepted = seventh.waitForResponse(
    (response) => response.request().method() === "POST" && response.url().endsWith("/prompts"),
  );
  const sentAt = performance.now();
  await field.press("Control+Enter");
  expect((await accepted).status()).toBe(202);
  expect(performance.now() - sentAt).toBeLessThan(1000);
  await context.close();
}, 90_000);

test("a page whose stream ends for too many others says so, and goes on where somebody wants it", async () => {
  const product = await freshDemo();
  const { page, context } = await newPhone(browser, { width: 360, height: 740 });
  await pair(page, product);
  // From then on it is this stream that is the oldest.
  const followed = page.waitForResponse((response) => response.url().includes("/api/events?session="));
  await startSession(page, "hello");
  await followed;
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const others = new AbortController();
  for (let count = 0; count < 16; count += 1) {
    const response = await fetch(`${product.origin}/api/events`, {
      headers: { cookie },
      signal: others.signal,
    });
    expect(response.status).toBe(200);
  }
  const line = page.locator(".session .machine-gone", {
    hasText: /^Too many VoxPilot pages are open on this (phone|computer), so this one waits\./,
  });
  await line.waitFor();
  await screenshot(page, "crowded");
  await line.getByRole("button", { name: "Go on here" }).click();
  await line.waitFor({ state: "hidden" });
  others.abort();
  await context.close();
}, 90_000);
