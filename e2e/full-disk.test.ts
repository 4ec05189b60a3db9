/** A machine whose disk runs full, as its answers tell it: what is said then waits on the phone, and goes by itself. */
import { expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { startLastingProduct } from "./support/lasting-product.ts";
import { startSession, turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

const models = [{ id: "scripted", name: "Scripted", contextWindow: 200_000 }];

test("RES-07: low is a line, full is a bar and the message waits on this phone; with room again it is sent, once", async () => {
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
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("and this");
  // The button has just become Send: it takes no tap that was meant for Stop.
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send", exact: true }).click();
      return await field.inputValue();
    })
    .toBe("");
  const bar = page.locator(".session .disk-bar", {
    hasText: /^Not saving: .* New messages wait on this (phone|computer)\.$/,
  });
  await bar.waitFor();
  await page.getByText(/^On this (phone|computer)$/).waitFor();
  await screenshot(page, "disk-full");
  await page.clock.runFor(30_000);
  await expect.poll(() => refusals).toBeGreaterThan(1);

  disk = "enough";
  await page.clock.runFor(61_000);
  await bar.waitFor({ state: "hidden" });
  await page.getByText("Heard: and this.").waitFor();
  const heard = product.model.requests().filter(({ body }) => JSON.stringify(body).includes("and this"));
  expect(heard).toHaveLength(1);
}, 90_000);
