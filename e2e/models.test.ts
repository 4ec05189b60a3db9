/** Where models come from: the first run without any, adding a provider and trying it, choosing a model and how hard it thinks. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScriptedModel, startScriptedModel } from "../backend/src/demo/scripted-server.ts";
import known from "../backend/src/models/facts/model-data.json" with { type: "json" };
import { freePort } from "../scripts/free-port.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

/** A model of the data file that can be told how hard to think, whichever there is. */
const [thinkingId = ""] =
  Object.entries(known.providers.openrouter).find(
    ([, facts]) => "efforts" in facts && facts.efforts.join() === "low,medium,high",
  ) ?? [];

let browser: Browser;
let folder: string;
let model: ScriptedModel;
let product: Product;
let page: Page;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-models-")));
  model = await startScriptedModel({
    apiKey: "key-of-a-person",
    script: {
      models: [
        { id: thinkingId, name: "A thinking model" },
        { id: "plain", name: "A plain model", contextWindow: 32_000 },
      ],
      fallback: { text: "Here I am." },
    },
  });
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: [folder] })]);
  ({ page } = await newPhone(browser, { width: 360, height: 740, bypassCSP: true }));
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

function sheet(name: string | RegExp): Locator {
  return page.getByRole("dialog", { name });
}

async function close(name: string): Promise<void> {
  await page.keyboard.press("Escape");
  await sheet(name).waitFor({ state: "hidden" });
}

test("without a model the first screen takes a provider, says what is wrong with it, and goes on", async () => {
  await page.goto(product.pairingLink);
  await page.getByRole("heading", { name: "Choose what does the work" }).waitFor();
  await screenshot(page, "models-first-run");
  await page.getByRole("button", { name: "Add a provider" }).click();
  await sheet("Which one?").waitFor();
  await screenshot(page, "models-presets");
  await sheet("Which one?")
    .getByRole("button", { name: /^OpenRouter/ })
    .click();
  const form = sheet("OpenRouter");
  await form.getByLabel("Address").fill(`http://127.0.0.1:${await freePort()}/v1`);
  await form.getByLabel("Key").fill("key-of-a-person");
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText("nothing listens on that port").waitFor();
  await screenshot(page, "models-refused");
  await form.getByLabel("Address").fill(model.baseUrl);
  await form.getByLabel("Key").fill("another-key");
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText("It refuses the key (401).").waitFor();
  await form.getByLabel("Key").fill("key-of-a-person");
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText(/^Works: .* 2 models listed\.$/).waitFor();
  expect(await form.getByLabel("Key").inputValue()).toBe("");
  expect(await violations(page)).toEqual([]);
  await screenshot(page, "models-works");
  await close("OpenRouter");
  await page.getByRole("button", { name: "New session" }).first().waitFor();
});

test("the sheet of models says window and price, and how hard the chosen one is to think", async () => {
  await startSession(page, "Hello");
  await page.getByText("Here I am.").waitFor();
  await page.getByRole("button", { name: /^Model:/ }).click();
  const plain = sheet("Model").getByRole("button", { name: /^A plain model/ });
  await expect.poll(() => plain.innerText()).toBe("A plain model\n32k · price unknown");
  await sheet("Model")
    .getByRole("button", { name: /^A thinking model/ })
    .click();
  await sheet("Model").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Model: A thinking model" }).click();
  const chosen = await sheet("Model")
    .getByRole("button", { name: /^A thinking model/ })
    .innerText();
  expect(chosen).toMatch(/\d+[kM] · \$[\d.]+ in, \$[\d.]+ out per million$/);
  const efforts = sheet("Model").getByRole("group", { name: "How hard it thinks" });
  expect(await efforts.locator("label").allInnerTexts()).toEqual(["By itself", "Low", "Medium", "High"]);
  // What is chosen is what the machine says: a moment later.
  await efforts.getByRole("radio", { name: "Low" }).click();
  await page.getByRole("button", { name: "Model: A thinking model · Low", includeHidden: true }).waitFor();
  await screenshot(page, "models-effort");
  expect(await violations(page)).toEqual([]);
  await close("Model");
  await page.getByRole("textbox", { name: "Message" }).fill("Think a little");
  await page.getByRole("textbox", { name: "Message" }).press("Control+Enter");
  await expect.poll(() => page.getByText("Here I am.").count()).toBe(2);
  const [asked] = model.requests().slice(-1);
  expect(JSON.stringify(asked?.body)).toContain('"low"');
});

test("a provider of one's own is listed in the settings, never shows its key, and goes with one press", async () => {
  await page.goto(`${product.origin}/settings/models`);
  const row = page.getByRole("button", { name: /^OpenRouter/ });
  await expect.poll(() => row.innerText()).toMatch(/2 models · 127\.0\.0\.1:\d+ · key kept$/);
  await screenshot(page, "models-settings");
  await row.click();
  const form = sheet("OpenRouter");
  await form.getByRole("button", { name: "Remove OpenRouter" }).waitFor();
  expect(await page.content()).not.toContain("key-of-a-person");
  await screenshot(page, "models-provider");
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Remove OpenRouter" }).click();
  await form.waitFor({ state: "hidden" });
  await row.waitFor({ state: "hidden" });
});

test("what answers there and is no model endpoint is told as what it is", async () => {
  const website = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<h1>Welcome</h1>");
  });
  await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve));
  const address = website.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await page.getByRole("button", { name: "Add a provider" }).click();
  await sheet("Which one?")
    .getByRole("button", { name: /^Another one/ })
    .click();
  const form = sheet("Another one");
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText("Give it a name.").waitFor();
  await form.getByLabel("Name").fill("A website");
  await form.getByLabel("Address").fill(`http://127.0.0.1:${port}/v1`);
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText("What answers there is a web page, not a model endpoint.").waitFor();
  website.closeAllConnections();
  website.close();
});
