/** axe finds nothing on any screen, light and dark. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { allowNext, pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** A demo of its own: in a project that is already mended the agent changes nothing. */
async function freshDemo(): Promise<Product> {
  const product = await startProduct({ words: ["demo"] });
  onTestFinished(async () => {
    await product.stop();
  });
  return product;
}

/** One line for each thing that axe found: the rule and the elements. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations: found } = await axe.run();
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

test.each(["light", "dark"] as const)(
  "axe finds nothing on the screens in %s",
  async (colorScheme) => {
    const product = await freshDemo();
    const { page, context } = await newPhone(browser, { colorScheme, bypassCSP: true });
    const found: Record<string, readonly string[]> = {};
    const check = async (screen: string): Promise<void> => {
      found[screen] = await violations(page);
      await screenshot(page, `axe-${screen}-${colorScheme}`);
    };
    await page.goto(`${product.origin}/pair`);
    await page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor();
    await check("pairing");
    await pairByCode(page, product);
    await check("sessions");
    await startSession(page, "make the tests pass");
    await page.getByRole("button", { name: "Allow once" }).first().waitFor({ timeout: 30_000 });
    await check("question");
    while ((await allowNext(page)) !== null);
    await check("session");
    await page.getByRole("button", { name: "Review" }).last().click();
    await page.getByText("export const maxAge").last().waitFor();
    await check("review");
    await context.close();
    expect(found).toEqual({ pairing: [], sessions: [], question: [], session: [], review: [] });
  },
  180_000,
);
