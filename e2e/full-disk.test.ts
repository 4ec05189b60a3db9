/** A machine that cannot save: what is said then waits on the phone, and goes by itself. */
import type { Locator, Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { tellNotRun } from "../backend/test/support/long-form.ts";
import { launchBrowser } from "./support/browser.ts";
import { type LastingProduct, startLastingProduct } from "./support/lasting-product.ts";
import { startSession, turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

const models = [{ id: "scripted", name: "Scripted", contextWindow: 200_000 }];

async function stage(): Promise<{ page: Page; product: LastingProduct }> {
  const product = await startLastingProduct({
    script: { models, fallback: ({ prompt }) => ({ text: `Heard: ${prompt}.` }) },
  });
  onTestFinished(() => product.stop());
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const { page } = await newPhone(browser, { width: 360, height: 740 });
  await page.clock.install();
  await page.goto(`${product.origin}/pair#${await product.newCode()}`);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
  await startSession(page, "hello");
  await turnEnd(page).waitFor();
  return { page, product };
}

async function send(page: Page, words: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill(words);
  // The button has just become Send: it takes no tap that was meant for Stop.
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send", exact: true }).click();
      return await field.inputValue();
    })
    .toBe("");
}

function notSavingBar(page: Page): Locator {
  return page.locator(".session .disk-bar", {
    hasText: /^Not saving: .* New messages wait on this (phone|computer)\.$/,
  });
}

/** The requests for a turn that carried these words. */
function asked(product: LastingProduct, words: string): number {
  return product.model.requests().filter(({ body }) => JSON.stringify(body).includes(words)).length;
}

test("RES-07: low is a line, full is a bar and the message waits on this phone; with room again it is sent, once", async () => {
  const { page, product } = await stage();
  // This disk cannot be filled: the machine's answers are those of one that is.
  let disk: "enough" | "low" | "full" = "low";
  let refusals = 0;
  await page.route("**/api/device", async (route) => {
    const response = await route.fetch();
    const said = await response.json();
    await route.fulfill({ response, json: { ...said, server: { ...said.server, disk } } });
  });
  await page.route("**/prompts", async (route) => {
    if (disk !== "full") return await route.continue();
    refusals += 1;
    await route.fulfill({
      status: 507,
      contentType: "application/problem+json",
      json: { status: 507, code: "disk_full" },
    });
  });
  await page.reload();
  await page.locator(".session .disk-bar", { hasText: /has under 500 MB free/ }).waitFor();
  await screenshot(page, "disk-low");

  disk = "full";
  await send(page, "and this");
  const bar = notSavingBar(page);
  await bar.waitFor();
  await page.getByText(/^On this (phone|computer)$/).waitFor();
  await screenshot(page, "disk-full");
  await page.clock.runFor(30_000);
  await expect.poll(() => refusals).toBeGreaterThan(1);

  disk = "enough";
  await page.clock.runFor(61_000);
  await bar.waitFor({ state: "hidden" });
  await page.getByText("Heard: and this.").waitFor();
  expect(asked(product, "and this")).toBe(1);
  // An answer that is on its way must not end with the page.
  await page.unrouteAll({ behavior: "wait" });
}, 90_000);

test("DUR-22: within a second of a write that fails the page says so, and no turn begins; once it can save, the message is sent, once", async () => {
  const { page, product } = await stage();
  const refusal = await product.setWriting("refused").catch((error: unknown) => error);
  if (refusal !== undefined) return tellNotRun("DUR-22", `the system cannot refuse writes: ${refusal}`);
  const refused = page.waitForResponse((response) => response.url().endsWith("/prompts"));
  await send(page, "and that");
  expect((await refused).status()).toBe(507);
  await notSavingBar(page).waitFor({ timeout: 1_000 });
  await page.getByText(/^On this (phone|computer)$/).waitFor();
  await page.clock.runFor(30_000);
  expect(asked(product, "and that")).toBe(0);
  await screenshot(page, "not-saving");

  await product.setWriting("allowed");
  await page.clock.runFor(61_000);
  await page.getByText("Heard: and that.").waitFor();
  await notSavingBar(page).waitFor({ state: "hidden" });
  expect(asked(product, "and that")).toBe(1);
}, 90_000);
