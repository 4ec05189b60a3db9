/** The agent on a phone: its questions, plans, lists, subagents and jobs, what it is shown, and what a person can see of its room. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentScenes } from "./support/agent-scenes.ts";
import { type AgentStage, failingOnce, seeingModel, startAgentStage } from "./support/agent-stage.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { type Canary, startCanary } from "./support/hostile-server.ts";
import { allowNext, pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;
let web: Canary;
let stage: AgentStage;
let page: Page;

const files = {
  "AGENTS.md": "# Shop\n\nRun `node --test`.\n",
  "src/auth.ts": "export const maxAge = 30;\n",
  "src/deep/cart.ts": "export const cart = [];\n",
  ".voxpilot/commands/tidy.md": "---\ndescription: Tidy one file\n---\nTidy $ARGUMENTS and nothing else.\n",
};

beforeAll(async () => {
  web = await startCanary({ "/guide": "<h1>Guide</h1><p>Renew the tokens.</p>" });
  [browser, stage] = await Promise.all([
    launchBrowser(),
    startAgentStage({
      files,
      scenes: agentScenes(`${web.address}/guide`),
      models: [seeingModel, { id: "plain", name: "Plain model" }],
      rules: [
        failingOnce(/^Try twice$/m, { text: "At last.", status: 503, afterSeconds: 1 }),
        failingOnce(/^Be limited$/m, { text: "Allowed again.", status: 429, afterSeconds: 2 }),
      ],
    }),
  ]);
  ({ page } = await newPhone(browser, { width: 360, height: 740 }));
  await pairByCode(page, stage.product);
});

afterAll(async () => {
  await browser.close();
  await stage.close();
  web.close();
});

/** A new session that begins with `prompt`. */
async function begin(prompt: string): Promise<void> {
  await page.goto(stage.product.origin);
  await startSession(page, prompt);
}

function field(): Locator {
  return page.getByRole("textbox", { name: "Message" });
}

async function say(words: string): Promise<void> {
  await field().fill(words);
  await field().press("Control+Enter");
  await expect.poll(() => field().inputValue()).toBe("");
}

/** What the model was sent last, as JSON. */
function lastAsked(): string {
  return JSON.stringify(stage.model.requests().at(-1)?.body);
}

/** Presses what is asleep for the moment in which nobody may decide. */
async function decide(name: string): Promise<void> {
  await page.locator('button:not([aria-disabled="true"])', { hasText: name }).last().click();
}

function line(words: string | RegExp): Locator {
  return page.getByRole("region", { name: "Transcript" }).getByText(words).last();
}

/** Adds a picture by the `+` of that place; resolves to the list of what goes with the message. */
async function attach(place: Locator): Promise<Locator> {
  const buffer = await picture(400, 300);
  await place.getByRole("button", { name: "Add", exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  await page
    .getByRole("dialog", { name: "Add to the message" })
    .getByRole("button", { name: "Photos" })
    .click();
  await (await chooser).setFiles({ name: "door.png", mimeType: "image/png", buffer });
  const tiles = place.getByRole("list", { name: "Goes with this message" });
  await tiles.getByText("door.png").waitFor();
  return tiles;
}

async function chooseMode(name: string): Promise<void> {
  await page.getByRole("button", { name: /^Mode:/ }).click();
  await page.getByRole("dialog", { name: "Mode" }).getByRole("button", { name }).first().click();
  await page.getByRole("button", { name: `Mode: ${name}` }).waitFor();
}

test("a question is answered by a tap on one of its answers", async () => {
  await begin("Which one");
  const card = page.getByRole("region", { name: "Which database?" });
  await card.waitFor();
  expect(await card.getByRole("listitem").allInnerTexts()).toEqual(["PostgreSQL", "SQLite"]);
  await line(/^Asking$/).waitFor();
  await screenshot(page, "agent-question");
  await decide("SQLite");
  await line("Heard: The user chose: SQLite").waitFor();
  await line(/^Answered “SQLite” on /).waitFor();
  await line(/^Asked$/).waitFor();
});

test("a question is answered by words of one's own, or left to the agent", async () => {
  await begin("Which one");
  await page.getByRole("region", { name: "Which database?" }).waitFor();
  await say("Whatever is there");
  await line("Heard: The user says: Whatever is there").waitFor();
  await line("“Whatever is there”").waitFor();
  await say("Which one");
  await decide("Let the agent decide");
  await line(/^Heard: The user does not want to answer/).waitFor();
});

test("a plan is sent back with words, changed, and begun in the mode that was chosen", async () => {
  await begin("What now");
  await line("Nothing more.").waitFor();
  await chooseMode("Plan");
  await say("Plan it");
  const card = page.getByRole("region", { name: "Start with this plan?" });
  await card.getByRole("heading", { name: "Dark mode" }).waitFor();
  await screenshot(page, "agent-plan");
  await say("And check both");
  await line(/Heard: The user wants the plan changed: And check both/).waitFor();
  await card.getByText("Check both").waitFor();
  await card.getByRole("button", { name: "Edit", exact: true }).click();
  const editor = page.getByRole("dialog", { name: "The plan" });
  await editor.getByRole("textbox", { name: "The plan" }).fill("# Dark mode\n\nOnly the tokens.");
  await screenshot(page, "agent-plan-editor");
  await editor.getByRole("button", { name: "Done" }).click();
  await card.getByText("Edited by you").waitFor();
  await decide("Start, edits allowed");
  await line(/^Heard: The user accepted the plan.*Only the tokens\.$/s).waitFor();
  await line(/^Plan taken as edited on /).waitFor();
  await page.getByRole("button", { name: "Mode: Edit" }).waitFor();
});

test("what is to be done stands above the composer while it is done", async () => {
  await begin("Keep a list");
  const dock = page.getByRole("region", { name: "What is to be done" });
  // A question that comes folds the list: it is opened after that.
  await page.getByRole("region", { name: "Edit src/auth.ts?" }).waitFor();
  await dock.getByRole("button", { name: "1 of 3 · Renew the token" }).click();
  await expect
    .poll(() => dock.getByRole("listitem").allTextContents())
    .toEqual(["Read the file, done", "Renew the token, now", "Run the tests, to do"]);
  await screenshot(page, "agent-list");
  expect(await allowNext(page)).toBe("Edit src/auth.ts?");
  await line("The list is done.").waitFor();
  await dock.waitFor({ state: "hidden" });
  expect(await readFile(join(stage.project, "src/auth.ts"), "utf8")).toBe("export const maxAge = 60;\n");
});

test("subagents are rows that open to what they did", async () => {
  await begin("Look around");
  await line(/^Heard: In src/).waitFor();
  const row = page.getByRole("button", { name: /^Worked on Where is the cart/ });
  expect(await page.getByRole("button", { name: /^Worked on Where is/ }).count()).toBe(2);
  await row.click();
  await page.getByRole("button", { name: /^Read .*cart\.ts/ }).waitFor();
  await line("In src/deep/cart.ts:1.").waitFor();
  await screenshot(page, "agent-subagents");
});

test("a page is fetched only after a person has seen its whole address", async () => {
  await begin("Read the guide");
  const card = page.getByRole("region", { name: /^Fetch 127\.0\.0\.1:\d+\?$/ });
  await card.getByText("/guide").waitFor();
  expect(web.requests).toEqual([]);
  await screenshot(page, "agent-fetch");
  const button = (name: RegExp) => page.locator('button:not([aria-disabled="true"])', { hasText: name });
  // A card that has just moved takes no key, and what asks again does so for five seconds.
  const pressOn = async () => {
    for (const name of [/^Confirm/, /^Hold to allow$/]) {
      if ((await button(name).count()) === 0) continue;
      await button(name)
        .press("Enter", { timeout: 1_000 })
        .catch(() => undefined);
      break;
    }
    return line("I have read it.").count();
  };
  await expect.poll(pressOn, { interval: 300, timeout: 30_000 }).toBe(1);
  expect(web.requests).toEqual(["GET /guide"]);
});

test("a command in the background is on the screen with what it says, and its end is told at once", async () => {
  await begin("Build it");
  expect(await allowNext(page)).toMatch(/^Run this (command|in the background)\?$/);
  await line("It builds.").waitFor();
  await page.getByRole("button", { name: /^Started .* background$/ }).click();
  await page.getByRole("group", { name: "Output" }).getByText("begun").waitFor();
  await screenshot(page, "agent-job-row");
  await page.getByRole("button", { name: "1 in the background" }).click();
  const sheet = page.getByRole("dialog", { name: "Background jobs" });
  await sheet.getByRole("button", { name: /built.*running for/ }).click();
  await sheet.getByRole("group", { name: "Output" }).getByText("begun").waitFor();
  await screenshot(page, "agent-jobs");
  await sheet.getByRole("button", { name: "Close" }).click();
  await writeFile(join(stage.project, "built"), "");
  await line(/built.*in the background is over$/).waitFor();
  await page.getByRole("button", { name: "1 in the background" }).waitFor({ state: "hidden" });
});

test("a picture goes with a message, and a model that sees is shown it", async () => {
  await begin("What now");
  await line("Nothing more.").waitFor();
  const tiles = await attach(page.getByRole("main"));
  await screenshot(page, "agent-picture");
  await say("What is this");
  await line("A picture.").waitFor();
  await tiles.waitFor({ state: "hidden" });
  await page.reload();
  await page.getByRole("button", { name: "Picture 1" }).locator("img").waitFor();
});

test("a session can begin with a picture and a file", async () => {
  await page.goto(stage.product.origin);
  await page.getByRole("button", { name: "New session" }).first().click();
  const sheet = page.getByRole("dialog", { name: "New session" });
  await sheet.getByRole("textbox").fill("What is this @cart");
  await sheet.getByRole("option", { name: /cart\.ts$/ }).click();
  await attach(sheet);
  await screenshot(page, "agent-new-session");
  await sheet.getByRole("button", { name: "Start" }).click();
  await line("A picture.").waitFor();
  await line("with src/deep/cart.ts").waitFor();
});

test("a command and a file are chosen from lists, and it is said what came with the message", async () => {
  await begin("What now");
  await line("Nothing more.").waitFor();
  await field().focus();
  await page.keyboard.type("/ti");
  await page.getByRole("option", { name: /^\/tidy/ }).click();
  await page.keyboard.type("@cart");
  await page.getByRole("option", { name: /cart\.ts$/ }).click();
  expect(await field().inputValue()).toBe("/tidy @src/deep/cart.ts ");
  await field().press("Control+Enter");
  await line("Tidied.").waitFor();
  await line("with /tidy, src/deep/cart.ts").waitFor();
  const [told] = stage.model.requests().slice(-1);
  expect(JSON.stringify(told?.body.messages)).toContain("Tidy @src/deep/cart.ts and nothing else.");
  await field().fill("/tiddy up");
  await field().press("Control+Enter");
  await page.getByText("There is no command /tiddy. Nothing was sent.").waitFor();
  expect(await field().inputValue()).toBe("/tiddy up");
});

test("the context opens to what fills it and what it cost, and is made smaller on a tap", async () => {
  await begin("Say much");
  await line(/^Done · .* tokens · (under )?\$0\.\d\d$/).waitFor();
  await page.getByRole("button", { name: /^Context \d+ % full$/ }).click();
  const sheet = page.getByRole("dialog", { name: "Context" });
  await expect
    .poll(() => sheet.getByRole("term").allInnerTexts())
    .toEqual(["Used", "Window", "Last turn", "Session", "Today, all sessions"]);
  await sheet.getByText("System prompt").waitFor();
  await screenshot(page, "agent-context");
  await sheet.getByRole("button", { name: "Compact" }).click();
  await line("Nothing to gain yet: a summary would be no shorter. All stays as it is.").waitFor();
  await say("What now");
  await line("Nothing more.").waitFor();
  await page.getByRole("button", { name: /^Context \d+ % full$/ }).click();
  await sheet.getByRole("button", { name: "Compact" }).click();
  const summed = page.getByRole("button", { name: /^Summed up/ });
  await summed.click();
  await line("The goal: a shop. Done so far: many words.").waitFor();
  await screenshot(page, "agent-compacted");
  await say("What is this");
  await line("Nothing.").waitFor();
  expect(lastAsked()).not.toContain("Word 150");
});

test("a summary is taken back by a tap, and the model reads all of it again", async () => {
  await begin("Say much");
  await line(/Word 199$/).waitFor();
  await say("What now");
  await line("Nothing more.").waitFor();
  await say("/compact");
  await page.getByRole("button", { name: /^Summed up/ }).waitFor();
  // With what was written, its list is gone too: it would take its room with it under somebody's tap.
  expect(await page.getByRole("listbox").count()).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await line("Summary taken back: the model reads all of it again").waitFor();
  await say("What is this");
  await line("Nothing.").waitFor();
  expect(lastAsked()).toContain("Word 150");
});

test("a provider that fails for a moment, and one that wants a pause, are waited for in words", async () => {
  await begin("Try twice");
  await line(/gives no answer\. Tries again in/).waitFor();
  await line("At last.").waitFor();
  await line(/gave no answer\. Tried again$/).waitFor();
  await say("Be limited");
  await line(/allows more in \d s\. Continues by itself\.$/).waitFor();
  await line("Allowed again.").waitFor();
});

test("axe finds nothing on a question, a plan and the sheets of models and context", async () => {
  const phone = await newPhone(browser, { width: 360, height: 740, bypassCSP: true });
  const own = page;
  ({ page } = phone);
  await pairByCode(page, stage.product);
  await begin("Which one");
  await page.locator('button:not([aria-disabled="true"])', { hasText: "SQLite" }).waitFor();
  const found = [await violations(page)];
  await decide("SQLite");
  await line(/^Done/).waitFor();
  await chooseMode("Plan");
  await say("Plan it");
  await page.locator('button:not([aria-disabled="true"])', { hasText: "Start, ask me" }).waitFor();
  found.push(await violations(page));
  await decide("Keep planning");
  for (const name of [/^Context/, /^Model:/]) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("dialog").waitFor();
    found.push(await violations(page));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  page = own;
  await phone.context.close();
  expect(found).toEqual([[], [], [], []]);
});

/** A picture of so many pixels as a PNG file, painted by the browser. */
async function picture(width: number, height: number): Promise<Buffer> {
  const address = await page.evaluate(
    (size) => {
      const canvas = Object.assign(document.createElement("canvas"), size);
      canvas.getContext("2d")?.fillRect(10, 10, size.width / 2, size.height / 2);
      return canvas.toDataURL();
    },
    { width, height },
  );
  return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
}
