/** Going back on a phone: files, conversation, both; what somebody else changed stays; and all of it can be undone. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgentStage, startAgentStage } from "./support/agent-stage.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { callApi } from "./support/hostile-server.ts";
import { pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;
let stage: AgentStage;
let page: Page;

const before = "export const maxAge = 30;\n";

beforeAll(async () => {
  [browser, stage] = await Promise.all([
    launchBrowser(),
    startAgentStage({
      files: { "src/auth.ts": before, "src/cart.ts": "export const cart = [];\n" },
      scenes: {
        "Hello there": [{ text: "Good day." }],
        "Make it longer": [
          {
            calls: [
              { tool: "edit", arguments: { path: "src/auth.ts", old_text: "30", new_text: "60" } },
              { tool: "edit", arguments: { path: "src/cart.ts", old_text: "[]", new_text: "[1]" } },
            ],
          },
          { text: "It is longer now." },
        ],
        "What was said": [{ text: "Only good day." }],
      },
    }),
  ]);
  ({ page } = await newPhone(browser, { width: 360, height: 740 }));
  page.setDefaultTimeout(12_000);
  await pairByCode(page, stage.product);
});

afterAll(async () => {
  await browser.close();
  await stage.close();
});

const inProject = (name: string) => join(stage.project, name);
const textOf = (name: string) => readFile(inProject(name), "utf8");
const field = () => page.getByRole("textbox", { name: "Message" });
const transcript = () => page.getByRole("region", { name: "Transcript" });
const said = (words: string): Locator => transcript().getByText(words, { exact: true });
const ends = () => page.getByText(/^Done · /);

/** Right after it was Stop, the button takes no tap. */
async function say(words: string): Promise<void> {
  await field().fill(words);
  const send = async () => {
    if ((await field().inputValue()) !== "") await page.getByRole("button", { name: "Send" }).click();
    return await field().inputValue();
  };
  await expect.poll(send, { timeout: 12_000, interval: 700 }).toBe("");
}

/** A session in which two files were edited, after a greeting. */
async function edited(): Promise<void> {
  await writeFile(inProject("src/auth.ts"), before);
  await writeFile(inProject("src/cart.ts"), "export const cart = [];\n");
  await page.goto(stage.product.origin);
  await startSession(page, "Hello there");
  await ends().first().waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await callApi(page, `PATCH /api/sessions/${id}`, { mode: "edit" });
  await say("Make it longer");
  await said("It is longer now.").waitFor();
  // The line and its heading, of two turns.
  await expect.poll(() => ends().count(), { timeout: 12_000 }).toBe(4);
}

async function openSheet(action: string): Promise<Locator> {
  await said("Make it longer").click();
  await page.getByRole("button", { name: action }).click();
  const sheet = page.getByRole("dialog", { name: /^Rewind to before / });
  await sheet.getByRole("button", { name: /^Rewind / }).waitFor();
  return sheet;
}

test("both go back to before a message and come again by Undo; the model no longer hears what left", async () => {
  await edited();
  const sheet = await openSheet("Rewind to here");
  expect(await sheet.getByRole("checkbox").count()).toBe(2);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, "rewind-sheet");
  await sheet.getByRole("button", { name: "Rewind 2 files and conversation" }).click();
  await page.getByText("Rewound 2 files and the conversation.").waitFor();
  expect(await textOf("src/auth.ts")).toBe(before);
  await said("Make it longer").waitFor({ state: "detached" });
  await said("It is longer now.").waitFor({ state: "detached" });
  const line = transcript().getByText(/^Rewound to before .+ · 2 files$/);
  expect(await line.count()).toBeGreaterThan(0);
  await screenshot(page, "rewind-line");

  await page.locator(".bars").getByRole("button", { name: "Undo" }).click();
  await said("It is longer now.").waitFor();
  expect(await textOf("src/auth.ts")).toContain("60");
  expect(await textOf("src/cart.ts")).toContain("[1]");

  const again = await openSheet("Rewind to here");
  await again.getByRole("button", { name: "Rewind 2 files and conversation" }).click();
  await said("It is longer now.").waitFor({ state: "detached" });
  await say("What was said");
  await said("Only good day.").waitFor();
  const told = JSON.stringify(stage.model.requests().at(-1)?.body);
  expect(told).toContain("Good day.");
  expect(told).not.toContain("Make it longer");
  // The same after a reload, which folds the log anew.
  await page.reload();
  await said("Only good day.").waitFor();
  expect(await said("It is longer now.").count()).toBe(0);
}, 120_000);

test("a message that is edited goes back with its words in the composer, and the files stay", async () => {
  await edited();
  const sheet = await openSheet("Edit and resend");
  await sheet.getByRole("button", { name: "Rewind conversation" }).click();
  await said("It is longer now.").waitFor({ state: "detached" });
  await expect.poll(() => field().inputValue()).toBe("Make it longer");
  expect(await textOf("src/auth.ts")).toContain("60");
}, 120_000);

test("what somebody else changed since stays unless it is ticked, and what changed under the sheet is shown anew", async () => {
  await edited();
  await writeFile(inProject("src/cart.ts"), "export const cart = [2];\n");
  const sheet = await openSheet("Rewind to here");
  await sheet.getByText("1 file was changed since by someone else and stays.").waitFor();
  await screenshot(page, "rewind-foreign");
  await sheet.getByRole("radio", { name: "Files" }).check({ force: true });
  await writeFile(inProject("src/auth.ts"), "export const maxAge = 90;\n");
  await sheet.getByRole("button", { name: "Rewind 1 file" }).click();
  await sheet.getByText("This changed since you saw it. Nothing was rewound.").waitFor();
  await sheet.getByText("2 files were changed since by someone else and stay.").waitFor();
  await sheet.getByRole("checkbox", { name: /auth\.ts/ }).check();
  await sheet.getByRole("button", { name: "Rewind 1 file" }).click();
  await page.getByText("Rewound 1 file.").waitFor();
  expect(await textOf("src/auth.ts")).toBe(before);
  expect(await textOf("src/cart.ts")).toContain("[2]");
  expect(await said("It is longer now.").count()).toBe(1);
}, 120_000);

test("a file that stays whatever is chosen says why, cannot be ticked and is no failure; of too many files the sheet tells", async () => {
  await edited();
  await writeFile(inProject(".gitignore"), "src/cart.ts\n");
  await page.route("**/rewind", async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { files?: unknown[] };
    await route.fulfill({ response, json: body.files === undefined ? body : { ...body, fileCount: 12_345 } });
  });
  const sheet = await openSheet("Rewind to here");
  await page.unroute("**/rewind");
  await sheet.getByText("stays: git ignores it now").waitFor();
  expect(await sheet.getByRole("checkbox", { name: /cart\.ts/ }).isDisabled()).toBe(true);
  await sheet.getByText(/^12,345 files are other than they were then\./).waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, "rewind-stays");
  await sheet.getByRole("button", { name: "Rewind 1 file and conversation" }).click();
  await page.getByText("Rewound 1 file and the conversation.", { exact: true }).waitFor();
  expect(await textOf("src/auth.ts")).toBe(before);
  expect(await textOf("src/cart.ts")).toContain("[1]");
  await rm(inProject(".gitignore"));
}, 120_000);

test("/rewind lists the messages to go back to", async () => {
  await edited();
  await say("/rewind ");
  const list = page.getByRole("dialog", { name: "Rewind to before", exact: true });
  await list.getByRole("button", { name: /Make it longer/ }).click();
  const sheet = page.getByRole("dialog", { name: /^Rewind to before / });
  await sheet.getByRole("radio", { name: "Conversation" }).check({ force: true });
  await sheet.getByRole("button", { name: "Rewind conversation" }).click();
  await said("It is longer now.").waitFor({ state: "detached" });
  await transcript().getByRole("button", { name: "Undo" }).click();
  await said("It is longer now.").waitFor();
}, 120_000);
