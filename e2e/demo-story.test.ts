/** The demo on a phone, from the printed link to green tests in the real files, with a reload in the middle of the turn. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, machineName } from "./support/browser.ts";
import { allowNext, pairByCode, pairPhone, startSession, turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

let browser: Browser;
let product: Product;

beforeAll(async () => {
  const demo = startProduct({ words: ["demo"], hostName: machineName });
  [browser, product] = await Promise.all([launchBrowser(), demo]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

/** Absolute path of the sample project's copy, as the server tells this paired page. */
async function projectPath(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const { projects } = await (await fetch("/api/projects")).json();
    return projects[0].path;
  });
}

async function testsPass(project: string): Promise<boolean> {
  const child = spawn(process.execPath, ["--test"], { cwd: project, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code === 0;
}

/** The whole text of each entry of the transcript, in order, also of those that are out of sight. */
async function transcriptEntries(page: Page): Promise<readonly string[]> {
  const articles = page.getByRole("region", { name: "Transcript" }).locator("article");
  return (await articles.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());
}

/** True: a finger on its middle meets it. */
async function isInReach(target: Locator): Promise<boolean> {
  return await target.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
}

test("before the first session three prompts that the script can play are filled in on a tap, and none is sent", async () => {
  // As low as a phone's window is above its keyboard.
  const { page, context } = await newPhone(browser, { width: 360, height: 430 });
  await pairByCode(page, product);
  const sheet = page.getByRole("dialog", { name: "New session" });
  const [field, send] = [sheet.getByRole("textbox"), sheet.getByRole("button", { name: "Start" })];
  const hint = sheet.getByText("It asks before it edits or runs anything. Change that with Ask.");
  await page.getByRole("button", { name: "New session" }).first().click();
  await hint.waitFor();
  await screenshot(page, "story-first-words");
  const examples = sheet.getByRole("listitem").getByRole("button");
  expect(await examples.allInnerTexts()).toEqual([
    "Make the tests pass",
    "Explain how this project is built",
    "Count to 100",
  ]);
  for (const example of (await examples.all()).toReversed()) {
    await example.click();
    expect(await field.inputValue()).toBe(await example.innerText());
    expect([await isInReach(field), await isInReach(send)]).toEqual([true, true]);
  }

  await page.reload();
  await examples.first().waitFor();
  expect([await field.inputValue(), await hint.count()]).toEqual(["Make the tests pass", 0]);
  expect(await page.locator(".session-row").count()).toBe(0);

  await sheet.getByRole("button", { name: "Explain how this project is built" }).click();
  await send.click();
  await turnEnd(page).waitFor({ timeout: 45_000 });
  await page.goto(`${product.origin}/new`);
  await sheet.waitFor();
  await page.locator(".session-row", { hasText: /shop · Read src\/\w+\.js/ }).waitFor({ state: "attached" });
  expect(await examples.count()).toBe(0);
  await context.close();
}, 90_000);

test("makes the sample project's tests pass, asking before each change, and loses nothing to a reload", async () => {
  const { page, context } = await newPhone(browser);
  await pairPhone(page, product);
  const project = await projectPath(page);
  expect(await testsPass(project)).toBe(false);

  await startSession(page, "make the tests pass");
  await page.getByRole("region", { name: "Run this command?" }).waitFor({ timeout: 30_000 });
  await screenshot(page, "story-question");
  const questions = [await allowNext(page)];
  // In the middle of the turn: the tests run, or the agent is speaking about them.
  await page.reload();
  for (let question = await allowNext(page); question !== null; question = await allowNext(page)) {
    questions.push(question);
  }
  expect(questions).toEqual([
    "Run this command?",
    "Edit src/auth.js?",
    "Run this command?",
    "Edit src/cookie.js?",
    "Run this command?",
  ]);
  await turnEnd(page).waitFor();
  await screenshot(page, "story-done");

  const shown = await transcriptEntries(page);
  const count = (pattern: RegExp): number => shown.filter((entry) => pattern.test(entry)).length;
  expect({
    prompt: count(/make the tests pass/),
    opening: count(/I will look at the project first/),
    readme: count(/The README says/),
    plan: count(/Plan\s*Run the tests/),
    firstFix: count(/2 of 8 tests fail/),
    secondFix: count(/The login lasts now, but one test caught/),
    summary: count(/All 8 tests pass\./),
    end: count(/Done · /),
  }).toEqual({
    prompt: 1,
    opening: 1,
    readme: 1,
    plan: 1,
    firstFix: 1,
    secondFix: 1,
    summary: 1,
    end: 1,
  });

  const card = page.getByRole("region", { name: /^2 files/ });
  await card.getByRole("button", { name: "Review" }).click();
  await page.getByText("export const maxAge = 30 * 60 * 1000").last().waitFor();
  await screenshot(page, "story-review");
  await page.getByRole("button", { name: "Next file" }).click();
  await page.getByText("Math.round(maxAge / 1000)").last().waitFor();

  expect(await readFile(`${project}/src/auth.js`, "utf8")).toContain("export const maxAge = 30 * 60 * 1000;");
  expect(await readFile(`${project}/src/cookie.js`, "utf8")).toMatch(/Max-Age=\$\{seconds\};/);
  expect(await testsPass(project)).toBe(true);
  await context.close();
}, 180_000);

test("shows the finished session the same after a reload", async () => {
  const { page, context } = await newPhone(browser);
  await pairByCode(page, product);
  await page.getByText("make the tests pass").first().click();
  await turnEnd(page).waitFor();
  const before = await transcriptEntries(page);
  await page.reload();
  await turnEnd(page).waitFor();
  expect(await transcriptEntries(page)).toEqual(before);
  await context.close();
});
