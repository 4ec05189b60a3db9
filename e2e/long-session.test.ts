/** A session of 3,000 entries: any place in it is reached at once, and reading on from there never jumps. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { longSessionId, writeLongSession } from "../bench/support/long-session.ts";
import { launchBrowser } from "./support/browser.ts";
import { type LastingProduct, startLastingProduct } from "./support/lasting-product.ts";
import { newPhone, screenshot } from "./support/phone.ts";

const models = [{ id: "scripted", name: "Scripted", contextWindow: 200_000 }];
const entries = 3000;
/** Where the words of the first, a middle and a late turn stand in the log: 18 events a turn after the first line. */
const turnEvents = 18;
const seqOfTurn = (turn: number) => 1 + (turn - 1) * turnEvents + 3;
/** So far an entry may move on its own: less than a pixel of layout, on either side. */
const restPixels = 2;

let browser: Browser;
let product: LastingProduct;

beforeAll(async () => {
  product = await startLastingProduct({
    script: { models, fallback: () => ({ text: "Heard." }) },
    prepare: async ({ state, project }) => {
      await writeLongSession(state, { project, entries });
    },
  });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

async function open(path: string): Promise<Page> {
  const { page, context } = await newPhone(browser, { width: 360, height: 740 });
  onTestFinished(() => context.close());
  await page.goto(`${product.origin}/pair#${await product.newCode()}`);
  const button = page.getByRole("button", { name: "Pair", exact: true });
  const list = page.getByRole("button", { name: "New session" }).first();
  await button.or(list).first().waitFor();
  if (await button.isVisible()) await button.click();
  await list.waitFor();
  await page.goto(`${product.origin}${path}`);
  return page;
}

const part = (page: Page, turn: number) =>
  page.getByText(`Please look at part ${turn} and`, { exact: false });
const drawnRows = (page: Page) => page.locator(".transcript > *").count();
const topOf = async (page: Page, turn: number) => (await part(page, turn).boundingBox())?.y ?? Number.NaN;

/** Moves the view as a finger does, and waits until it and what is put in have come to rest. */
async function scrollBy(page: Page, pixels: number): Promise<void> {
  await page.mouse.move(180, 300);
  await page.mouse.wheel(0, pixels);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let still = 0;
        let last = "";
        const look = () => {
          const scroller = document.querySelector(".transcript-scroll");
          const now = `${scroller?.scrollTop} ${scroller?.scrollHeight}`;
          still = now === last ? still + 1 : 0;
          last = now;
          if (still > 20) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

test.each([3, 180, 360])(
  "a search hit in turn %i is on the screen at once, and of what lies beneath little is drawn",
  async (turn) => {
    const page = await open(`/s/${longSessionId}?at=${seqOfTurn(turn)}`);
    await part(page, turn).waitFor();
    await expect.poll(() => topOf(page, turn)).toBeLessThan(200);
    expect(await topOf(page, turn)).toBeGreaterThan(0);
    expect(await drawnRows(page)).toBeLessThan(300);
    await screenshot(page, `long-session-turn-${turn}`);
  },
  60_000,
);

test("reading on up and down from a hit far back puts pages in on both sides, and what is in view stays", async () => {
  const page = await open(`/s/${longSessionId}?at=${seqOfTurn(180)}`);
  await part(page, 180).waitFor();
  await scrollBy(page, -200);
  for (const [pixels, turns] of [
    [-1500, 6],
    [1500, 12],
  ] as const) {
    for (let step = 0; step < turns; step += 1) {
      await scrollBy(page, pixels);
      // What is put in above or below late must not move what is looked at.
      const first = await placeInView(page);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
      const now = await placeInView(page, first.key);
      expect(Math.abs(now.top - first.top)).toBeLessThanOrEqual(restPixels);
    }
  }
  expect(await turnsInOrder(page)).toBe(true);
}, 120_000);

test("the end is a tap away from a place far back, and the place that was left is there after a reload", async () => {
  const page = await open(`/s/${longSessionId}?at=${seqOfTurn(20)}`);
  await part(page, 20).waitFor();
  await page.goto(`${product.origin}/s/${longSessionId}`);
  await part(page, 20).waitFor();
  await expect.poll(() => topOf(page, 20)).toBeLessThan(200);
  await page.getByRole("button", { name: /Latest/ }).click();
  await expect
    .poll(() =>
      page.evaluate(() => {
        const scroller = document.querySelector(".transcript-scroll");
        if (scroller === null) return Number.NaN;
        return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      }),
    )
    .toBeLessThan(restPixels);
  expect(await drawnRows(page)).toBeLessThan(300);
}, 60_000);

interface Placed {
  readonly key: string;
  readonly top: number;
}

/** The first entry of which something is on the screen, or the one of this key. */
async function placeInView(page: Page, key: string | null = null): Promise<Placed> {
  return await page.evaluate((wanted) => {
    for (const row of document.querySelectorAll<HTMLElement>(".transcript > [data-entry]")) {
      const { top, bottom } = row.getBoundingClientRect();
      const entry = row.dataset.entry ?? "";
      if (wanted === null ? bottom > 120 : entry === wanted) return { key: entry, top };
    }
    return { key: "", top: Number.NaN };
  }, key);
}

/** No turn twice, none left out. */
async function turnsInOrder(page: Page): Promise<boolean> {
  const said = await page.locator(".transcript .user-text").allTextContents();
  const turns = said.map((words) => Number(/part (\d+)/.exec(words)?.[1]));
  return (
    turns.length > 10 && turns.every((turn, index) => index === 0 || turn === (turns[index - 1] ?? 0) + 1)
  );
}
