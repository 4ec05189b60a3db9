/** The session screen by hand: writing on the whole screen, reading a proposed edit, denying everything, left-handed. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Conversation } from "../backend/src/demo/scripted-model/conversation.ts";
import type { ScriptedReply } from "../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../backend/src/demo/scripted-server.ts";
import { launchBrowser } from "./support/browser.ts";
import { pairByCode, startSession, turnEnd } from "./support/person.ts";
import { newPhone, type PhoneOptions, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

let browser: Browser;
let folder: string;
let model: ScriptedModel;
let product: Product;

const longAnswer = Array.from({ length: 120 }, (_, index) => `Line ${index + 1} of the answer.`).join("\n\n");

/** What the model does for each prompt. */
function reply({ prompt, calls }: Conversation): ScriptedReply {
  if (calls.length > 0) return { text: "That was it." };
  if (prompt.startsWith("edit")) {
    const path = prompt.slice("edit ".length);
    const edit = { path, old_string: "return null;", new_string: "return renew();" };
    return { calls: [{ tool: "edit", arguments: edit }] };
  }
  if (prompt.startsWith("read")) {
    const paths = ["/etc/hostname", "/etc/hosts", "/etc/passwd"];
    return { calls: paths.map((path) => ({ tool: "read", arguments: { path } })) };
  }
  if (prompt.startsWith("think")) {
    return {
      reasoning: "First the session code. ".repeat(10),
      text: "Thought about it.",
      tokensPerSecond: 30,
    };
  }
  if (prompt.startsWith("tell")) return { text: longAnswer };
  return { text: "Nothing to do." };
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-session-screen-")));
  for (const name of ["auth.ts", "cart.ts", "list.ts"]) {
    await writeFile(join(folder, name), "export function login() {\n  return null;\n}\n");
  }
  const models = [{ id: "scripted", name: "Scripted", contextWindow: 64_000 }];
  model = await startScriptedModel({ script: { models, fallback: reply } });
  const environment = { VOXPILOT_MODELS_BASE_URL: model.baseUrl };
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: [folder], environment })]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

/** A phone of its own in a new session that began with `prompt`. */
async function sessionWith(prompt: string, options: PhoneOptions = {}): Promise<Page> {
  const { page, context } = await newPhone(browser, options);
  onTestFinished(() => context.close());
  await pairByCode(page, product);
  await startSession(page, prompt);
  return page;
}

/** A button that counts by now: after it appeared or changed it takes no tap for a while. */
async function press(button: Locator): Promise<void> {
  await expect.poll(() => button.getAttribute("aria-disabled")).not.toBe("true");
  await button.click();
}

async function box(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = await locator.boundingBox();
  if (found === null) throw new Error("It is not on the screen.");
  return found;
}

/** The line that says that the turn is over, also when it was a person who ended it. */
function anyTurnEnd(page: Page): Locator {
  return page.getByText(/^(Done|Stopped: by you) · /).first();
}

/** The setting of this device, as if chosen in the settings. */
async function holdInLeftHand(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.setItem("voxpilot.leftHand", "on"));
  await page.reload();
}

test("sent with a key on a touch screen, the field keeps the focus: what is typed next is no shortcut", async () => {
  const page = await sessionWith("hello");
  await turnEnd(page).waitFor();
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("tell me");
  await field.press("Control+Enter");
  await expect.poll(() => field.inputValue()).toBe("");
  await page.keyboard.type("eager");
  expect(await field.inputValue()).toBe("eager");

  // The button has just become Send: it takes no tap that was meant for Stop.
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send" }).tap();
      return await field.inputValue();
    })
    .toBe("");
  expect(await field.evaluate((element) => document.activeElement === element)).toBe(false);
});

test("from three lines the composer opens on the whole screen; Back closes it and nothing is lost", async () => {
  const page = await sessionWith("hello");
  await turnEnd(page).waitFor();
  const address = page.url();
  const field = page.getByRole("textbox", { name: "Message" });
  const open = page.getByRole("button", { name: "Write on the whole screen" });
  const close = page.getByRole("button", { name: "Back to the session" });
  const send = page.getByRole("button", { name: "Send" });
  await field.fill("one\ntwo");
  await expect.poll(async () => (await box(field)).height).toBeLessThan(80);
  expect(await open.count()).toBe(0);

  await field.fill("one\ntwo\nthree");
  await field.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(4, 4));
  await open.click();
  await close.waitFor();
  const state = () =>
    field.evaluate((element: HTMLTextAreaElement) => ({
      text: element.value,
      cursor: element.selectionStart,
      focused: document.activeElement === element,
    }));
  expect(await state()).toEqual({ text: "one\ntwo\nthree", cursor: 4, focused: true });
  expect((await box(field)).height).toBeGreaterThan(500);
  expect(await page.getByRole("button", { name: "Back", exact: true }).isVisible()).toBe(false);
  // As with a keyboard: half of the screen is left, and Send is in it.
  await page.setViewportSize({ width: 390, height: 430 });
  await expect.poll(async () => (await box(send)).y).toBeLessThan(430 - 44);
  const [sendAt, closeAt] = [await box(send), await box(close)];
  expect(sendAt.x).toBeGreaterThan(closeAt.x);

  await page.goBack();
  await open.waitFor();
  expect(page.url()).toBe(address);
  expect(await state()).toEqual({ text: "one\ntwo\nthree", cursor: 4, focused: true });

  await page.setViewportSize({ width: 390, height: 844 });
  await holdInLeftHand(page);
  await open.click();
  await close.waitFor();
  expect((await box(send)).x).toBeLessThan((await box(close)).x);
  // The button has just become Send: it takes no tap that was meant for Stop.
  await expect
    .poll(async () => {
      await send.click();
      return await field.inputValue();
    })
    .toBe("");
  await page.getByRole("article").filter({ hasText: "three" }).waitFor();
  await page.getByRole("button", { name: "Back", exact: true }).waitFor();
  expect(page.url()).toBe(address);
});

test("a proposed edit is read in Review, and Back is its card", async () => {
  const page = await sessionWith("edit auth.ts");
  const card = page.getByRole("region", { name: "Edit auth.ts?" });
  await card.waitFor();
  expect(await card.getByText("+1", { exact: true }).isVisible()).toBe(true);
  await card.getByRole("button", { name: "Open in Review" }).click();
  const file = page.getByRole("article", { name: "Changes in auth.ts" });
  await file.getByRole("note", { name: "added, 2, return renew();" }).waitFor();
  expect(await file.getByRole("note", { name: "removed, 2, return null;" }).count()).toBe(1);
  expect(await page.locator("main[inert] .permission-card").count()).toBe(1);
  expect(await page.locator(".review").getByRole("button").count()).toBe(1);
  await page.reload();
  await file.getByRole("note", { name: "added, 2, return renew();" }).waitFor();
  await page.goBack();
  await press(card.getByRole("button", { name: "Allow once" }));
  await turnEnd(page).waitFor();
  await page.goForward();
  await page.getByText("This is no longer asked.").waitFor();
});

test("Deny all behind ⋯ denies every open question", async () => {
  const page = await sessionWith("read the machine");
  await page.getByText("1 of 3").waitFor();
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("button", { name: "Deny all 3" }).click();
  await anyTurnEnd(page).waitFor();
  expect(await page.getByRole("heading", { name: /^Denied 3 \w+ on / }).count()).toBe(1);
  expect(await page.locator(".permission-card").count()).toBe(0);
});

test("an open question folds to a row and unfolds", async () => {
  const page = await sessionWith("edit cart.ts");
  const card = page.getByRole("region", { name: "Edit cart.ts?" });
  await card.getByRole("button", { name: "Fold the question" }).click();
  await card.waitFor({ state: "hidden" });
  const row = page.getByRole("button", { name: "Edit cart.ts?" });
  expect((await box(row)).height).toBe(44);
  await row.click();
  await press(card.getByRole("button", { name: "Deny" }));
  await anyTurnEnd(page).waitFor();
});

test("no key decides what the composer covers; Escape uncovers it", async () => {
  const page = await sessionWith("edit list.ts", { width: 1440, height: 900 });
  const card = page.locator(".docks").getByRole("region", { name: "Edit list.ts?" });
  const allow = card.getByRole("button", { name: "Allow once" });
  await expect.poll(() => allow.getAttribute("aria-disabled")).toBe("false");
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("one\ntwo\nthree");
  await page.getByRole("button", { name: "Write on the whole screen" }).click();
  await card.waitFor({ state: "hidden" });
  await field.blur();
  await page.keyboard.press("a");
  await page.keyboard.press("Escape");
  await card.waitFor();
  await expect.poll(() => allow.getAttribute("aria-disabled")).toBe("false");
  await page.keyboard.press("a");
  await anyTurnEnd(page).waitFor();
  expect(await page.getByRole("heading", { name: /^Allowed once on / }).count()).toBe(1);
});

test("how long a thought took is known after a reload too", async () => {
  const page = await sessionWith("think about it");
  await turnEnd(page).waitFor();
  const time = page.locator(".tool-time").first();
  const before = await time.textContent();
  expect(before).toMatch(/^\d+ s$/);
  await page.reload();
  await turnEnd(page).waitFor();
  await expect.poll(() => time.textContent()).toBe(before);
});

test.each([
  ["upright", {}],
  ["on its side", { width: 844, height: 390 }],
])("an answer longer than the screen of a phone %s opens at its first line", async (_, size) => {
  const page = await sessionWith("tell me everything");
  await turnEnd(page).waitFor({ state: "attached" });
  const elsewhere = await newPhone(browser, size);
  onTestFinished(() => elsewhere.context.close());
  await pairByCode(elsewhere.page, product);
  await elsewhere.page.goto(page.url());
  const first = elsewhere.page.getByText("Line 1 of the answer.", { exact: true });
  await expect.poll(async () => (await first.boundingBox())?.y ?? 0).toBeGreaterThan(0);
  expect((await box(first)).y).toBeLessThan(200);
  const header = await box(elsewhere.page.locator(".session > .header"));
  expect((await box(first)).y).toBeGreaterThan(header.y + header.height);
});

test("on a phone on its side the header gives its room while one reads on, and comes back on the way up", async () => {
  const page = await sessionWith("tell me", { width: 844, height: 390 });
  await turnEnd(page).waitFor();
  const header = page.locator(".session > .header");
  const bottom = () => header.evaluate((element) => element.getBoundingClientRect().bottom);
  const room = () => page.locator(".transcript-scroll").evaluate(({ clientHeight }) => clientHeight);
  await screenshot(page, "low-header");
  const before = await room();
  await page.mouse.move(420, 150);
  await page.mouse.wheel(0, -600);
  await page.mouse.wheel(0, 60);
  await page.mouse.wheel(0, 60);
  await expect.poll(bottom).toBeLessThanOrEqual(0);
  await screenshot(page, "low-header-away");
  expect(await room()).toBe(before);
  await page.mouse.wheel(0, -60);
  await expect.poll(bottom).toBeGreaterThan(30);
  await page.mouse.wheel(0, 60);
  await expect.poll(bottom).toBeLessThanOrEqual(0);
  // The focus never goes where nobody sees it.
  await page.keyboard.press("Tab");
  await expect.poll(bottom).toBeGreaterThan(0);
});

test("a left hand finds every row of buttons mirrored", async () => {
  const page = await sessionWith("read the machine");
  await page.getByText("1 of 3").waitFor();
  await holdInLeftHand(page);
  await page.getByText("1 of 3").waitFor();
  const isLeftOf = async (one: Locator, other: Locator) => (await box(one)).x < (await box(other)).x;
  const card = page.locator(".permission-card");
  const field = page.getByRole("textbox", { name: "Message" });
  expect({
    card: await isLeftOf(
      card.getByRole("button", { name: "Allow once" }),
      card.getByRole("button", { name: "Deny" }),
    ),
    composer: await isLeftOf(page.getByRole("button", { name: "Stop" }), field),
    chips: await isLeftOf(page.locator(".context-share"), page.getByRole("button", { name: /^Mode:/ })),
  }).toEqual({ card: true, composer: true, chips: true });
  await field.fill("stop that");
  const stop = page.locator(".working-line").getByRole("button", { name: "Stop" });
  expect(await isLeftOf(stop, page.locator(".working-line .working-time"))).toBe(true);
});
