/** What a first load weighs: all that is fetched until the list of sessions answers a tap, headers included, empty cache. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { gatherFetched, tapNewSession } from "./support/first-load.ts";
import { pair } from "./support/person.ts";
import { newPhone } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

const budgetBytes = 60_000;

let browser: Browser;
let product: Product;

beforeAll(async () => {
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: ["demo"] })]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

test("weighs at most 60 kB until the list of sessions answers a tap, and fetches nothing twice", async () => {
  const { page, context } = await newPhone(browser);
  await pair(page, product);
  const fetched = await gatherFetched(page);
  await page.goto(`${product.origin}/`);
  const answeredAtMs = await tapNewSession(page);
  const field = page.getByRole("dialog", { name: "New session" }).getByRole("textbox");
  expect(await field.evaluate((element) => element.matches(":focus"))).toBe(true);
  const needed = () => fetched().filter(({ sentAtMs }) => sentAtMs <= answeredAtMs);
  await expect.poll(() => needed().every(({ bytes }) => bytes !== null)).toBe(true);
  const total = needed().reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const paths = needed().map(({ path }) => path);
  const table = [`${total} bytes`, ...needed().map(({ path, bytes }) => `${bytes} ${path}`)].join("\n");
  if (process.env.VOXPILOT_TEST_SCREENSHOTS) console.log(table);
  await context.close();
  expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
  expect(total, table).toBeLessThanOrEqual(budgetBytes);
});
