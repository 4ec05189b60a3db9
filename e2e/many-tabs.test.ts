/** More tabs of one machine than a browser keeps connections to it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { freshDemo } from "./support/fresh-demo.ts";
import { pair, startSession } from "./support/person.ts";
import { newPhone } from "./support/phone.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** Playwright shows every tab: the page is told that it is hidden, and a minute later. */
async function hideForMinute(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const closed = page.waitForEvent("requestfailed", (request) => request.url().includes("/api/events"));
  await page.clock.fastForward(61_000);
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
    await hideForMinute(tab);
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
