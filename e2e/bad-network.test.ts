/** A phone that loses its network, and one that is sent a link while it waits: nothing that a person said is lost. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { freshDemo } from "./support/fresh-demo.ts";
import { allowNext, startSession, turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

test("what is decided and written without a network waits on the phone, and arrives", async () => {
  const product = await freshDemo();
  const { page, context } = await newPhone(browser, { colorScheme: "dark" });
  // The pairing screen stands already: the link changes only the fragment.
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor();
  await page.goto(product.pairingLink);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
  expect(new URL(page.url()).hash).toBe("");

  await startSession(page, "make the tests pass");
  const allow = page.locator('button:not([aria-disabled="true"])', { hasText: /^Allow once$/ });
  await allow.waitFor({ timeout: 30_000 });
  await context.setOffline(true);
  await allow.click();
  await page.getByText("Allowed · sending").waitFor();
  await page.getByRole("textbox", { name: "Message" }).fill("then say what changed");
  // The button has just become Send: it takes no tap that was meant for Stop.
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send", exact: true }).click();
      return await page.getByRole("textbox", { name: "Message" }).inputValue();
    })
    .toBe("");
  await page.getByText(/^On this (phone|computer|device)$/).waitFor();
  await screenshot(page, "offline-with-a-message");

  await context.setOffline(false);
  while ((await allowNext(page)) !== null);
  await turnEnd(page).waitFor({ timeout: 60_000 });
  await page.getByRole("article").filter({ hasText: "then say what changed" }).first().waitFor();
  await context.close();
}, 120_000);
