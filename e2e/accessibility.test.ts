import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { freshDemo } from "./support/fresh-demo.ts";
import { allowNext, pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

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
