/** The list of sessions while it is used: what was decided stands where it stood, and the header has room for its words. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser, machineName } from "./support/browser.ts";
import { pairPhone, startSession } from "./support/person.ts";
import { newPhone, type PhoneOptions, screenshot } from "./support/phone.ts";
import { startProduct } from "./support/product.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** A demo of its own, reached by name over plain http. */
async function demoPhone(options: PhoneOptions): Promise<{ page: Page; context: BrowserContext }> {
  const product = await startProduct({ words: ["demo"], hostName: machineName });
  const { page, context } = await newPhone(browser, options);
  onTestFinished(async () => {
    await context.close();
    await product.stop();
  });
  await pairPhone(page, product);
  return { page, context };
}

/** A session that asks; ends on the list. */
async function addAsking(page: Page): Promise<void> {
  await startSession(page, "make the tests pass");
  await page.getByRole("button", { name: "Allow once" }).first().waitFor({ timeout: 30_000 });
  await page.goBack();
  await page.getByRole("button", { name: /^New/ }).first().waitFor();
}

const ready = 'button:not([aria-disabled="true"])';
const cards = (page: Page) => page.locator(".needs-you-card");

test("after a decision in the list no card changes its place or its height for a second", async () => {
  const { page } = await demoPhone({ width: 360, height: 740 });
  await addAsking(page);
  await addAsking(page);
  await cards(page).nth(1).locator(ready, { hasText: "Allow once" }).waitFor();
  await page.evaluate(() => {
    const seen = new Map<string, number>();
    let tappedAt = 0;
    addEventListener("click", () => {
      tappedAt = performance.now();
    });
    const look = () => {
      const places = [...document.querySelectorAll(".needs-you-card")].map((card) => {
        const { top, height } = card.getBoundingClientRect();
        return `${Math.round(top)} ${Math.round(height)}`;
      });
      const afterMs = tappedAt === 0 ? 0 : performance.now() - tappedAt;
      if (!seen.has(places.join(", "))) seen.set(places.join(", "), afterMs);
      Object.assign(globalThis, { placesSeen: [...seen] });
      requestAnimationFrame(look);
    };
    look();
  });
  await cards(page).first().getByRole("button", { name: "Allow once" }).tap();
  await cards(page).first().getByText("Allowed · ").waitFor();
  // Drawn as what it is: nobody is wanted there any more.
  expect(await cards(page).first().getAttribute("data-decided")).toBe("true");
  await screenshot(page, "needs-you-decided");
  await expect
    .poll(() => page.evaluate(() => Reflect.get(globalThis, "placesSeen").length))
    .toBeGreaterThan(1);
  const [, [, afterMs]] = await page.evaluate(() => Reflect.get(globalThis, "placesSeen"));
  expect(afterMs).toBeGreaterThan(900);
}, 90_000);

test("what was decided in the session without a network says so in the list", async () => {
  const { page, context } = await demoPhone({ width: 390, height: 844 });
  await startSession(page, "make the tests pass");
  const allow = page.locator(ready, { hasText: /^Allow once$/ });
  await allow.waitFor({ timeout: 30_000 });
  await context.setOffline(true);
  await allow.click();
  await page.getByText("Allowed · sending").waitFor();
  await page.goBack();
  await cards(page).getByText("Allowed · sending").waitFor();
  expect(await cards(page).getAttribute("data-decided")).toBe("true");
}, 90_000);

for (const [width, height] of [
  [360, 740],
  [390, 844],
] as const)
  test(`without a network nothing in the header touches its neighbour, ${width} wide`, async () => {
    const { page, context } = await demoPhone({ width, height });
    await addAsking(page);
    await page.getByRole("link", { name: "Not encrypted" }).waitFor();
    await page.clock.install();
    await context.setOffline(true);
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    for (const [seconds, words] of [
      [4, null],
      [10, "Reconnecting"],
      [60, "Offline"],
    ] as const) {
      await page.clock.runFor(seconds * 1000);
      const dot = page.locator(".sessions-header .connection-dot");
      await dot.locator(".dot").waitFor();
      if (words !== null) await dot.getByText(words).waitFor();
      await screenshot(page, `header-${width}-${seconds}`);
      expect(await crowded(page)).toEqual([]);
    }
  }, 90_000);

/** The parts of the header whose ink lies over that of the next, or that are cut. */
async function crowded(page: Page): Promise<readonly string[]> {
  return await page.locator(".sessions-header").evaluate((header) => {
    const parts = [...header.children]
      .filter((part) => !part.matches(".header-space") && part.checkVisibility())
      .map((part) => {
        const ink = document.createRange();
        ink.selectNodeContents(part);
        const boxes = [part.getBoundingClientRect(), ink.getBoundingClientRect()];
        return {
          name: part.className,
          left: Math.min(...boxes.map(({ left }) => left)),
          right: Math.max(...boxes.map(({ right }) => right)),
          isCut: [part, ...part.querySelectorAll(".one-line")].some(
            (each) => each.scrollWidth > each.clientWidth,
          ),
        };
      });
    return parts.flatMap(({ name, right, isCut }, index) => {
      const next = parts[index + 1];
      const isOver = next !== undefined && right > next.left;
      return [...(isOver ? [`${name} over ${next.name}`] : []), ...(isCut ? [`${name} is cut`] : [])];
    });
  });
}
