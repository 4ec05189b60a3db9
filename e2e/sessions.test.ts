/** The list of sessions by hand: pinning, archiving, deleting, searching, importing, and opening a session at one entry. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type ScriptedModel, startScriptedModel } from "../backend/src/demo/scripted-server.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { pairByCode, startSession, turnEnd } from "./support/person.ts";
import { newPhone, type PhoneOptions, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

interface LoggedEvent {
  readonly seq: number;
  readonly turnId?: string;
  readonly update: { readonly sessionUpdate: string; readonly [key: string]: unknown };
}

interface Exported {
  readonly session: { readonly title: string };
  readonly events: readonly LoggedEvent[];
}

let browser: Browser;
let folder: string;
let model: ScriptedModel;
let product: Product;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-sessions-")));
  await writeFile(join(folder, "auth.ts"), "export function login() {\n  return null;\n}\n");
  const models = [{ id: "scripted", name: "Scripted", contextWindow: 64_000 }];
  model = await startScriptedModel({
    script: { models, fallback: ({ prompt }) => ({ text: `Heard: ${prompt}.` }) },
  });
  const environment = { VOXPILOT_MODELS_BASE_URL: model.baseUrl };
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: [folder], environment })]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

async function paired(options: PhoneOptions = {}): Promise<Page> {
  const { page, context } = await newPhone(browser, options);
  onTestFinished(() => context.close());
  await pairByCode(page, product);
  return page;
}

/** Ends on the list, with a session of this title whose one turn is over. */
async function addSession(page: Page, title: string): Promise<void> {
  await startSession(page, title);
  await turnEnd(page).waitFor();
  await page.evaluate(async (wanted) => {
    await fetch(`/api/sessions/${location.pathname.split("/")[2]}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ title: wanted }),
    });
  }, title);
  await page.goto(product.origin);
  await rowOf(page, title).waitFor();
}

function rowOf(page: Page, title: string): Locator {
  return page.locator(".nav-pane .session-row").filter({ hasText: title });
}

function titlesOf(page: Page): Promise<string[]> {
  return page.locator(".nav-pane .session-row-title").allInnerTexts();
}

async function groupOf(page: Page, title: string): Promise<string> {
  const group = page.locator(".nav-pane .session-group").filter({ hasText: title });
  return await group.locator("h2").innerText();
}

/** One finger, from the row's middle, sideways in steps. */
async function swipe(page: Page, row: Locator, by: number): Promise<void> {
  const box = await row.boundingBox();
  if (box === null) throw new Error("It is not on the screen.");
  const touch = await page.context().newCDPSession(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await send("touchStart", [{ x, y }]);
  for (let step = 1; step <= 8; step += 1) await send("touchMove", [{ x: x + (by * step) / 8, y }]);
  await send("touchEnd", []);
  await touch.detach();
}

/** A session of `turns` turns, as the file of an export: the first turn of the one that is open, again and again. */
async function longExport(page: Page, turns: number): Promise<string> {
  const id = new URL(page.url()).pathname.split("/")[2];
  const exported: Exported = await page.evaluate(
    async (address) => (await fetch(address)).json(),
    `/api/sessions/${id}/export?format=json`,
  );
  const start = exported.events.filter((event) => event.turnId === undefined);
  const turn = exported.events.filter((event) => event.turnId !== undefined);
  const head = start.filter((event) => event.update.sessionUpdate === "session_created");
  const prompts = start.filter((event) => event.update.sessionUpdate === "prompt_queued");
  let seq = head.length;
  const body = Array.from({ length: turns }, (_, index) =>
    [...prompts, ...turn].map((event) => {
      seq += 1;
      const text = JSON.stringify(event)
        .replaceAll(/"(turnId|messageId|promptId)":"([^"]+)"/g, `"$1":"$2-${index}"`)
        .replaceAll("the seed", index === 40 ? "the needle of turn 40" : `the hay of turn ${index}`);
      return { ...JSON.parse(text), seq };
    }),
  ).flat();
  return JSON.stringify({
    ...exported,
    session: { ...exported.session, title: "Long one" },
    events: [...head, ...body],
  });
}

test("a swipe to the right pins a session above the days, and one to the left puts it away for good or for six seconds", async () => {
  const page = await paired();
  for (const title of ["Alpha", "Beta", "Gamma"]) await addSession(page, title);
  await swipe(page, rowOf(page, "Alpha"), 130);
  await expect.poll(() => groupOf(page, "Alpha")).toBe("Pinned");
  expect((await titlesOf(page)).slice(0, 3)).toEqual(["Alpha", "Gamma", "Beta"]);

  await swipe(page, rowOf(page, "Gamma"), -130);
  await page.getByText("Archived ‘Gamma’.").waitFor();
  expect(await rowOf(page, "Gamma").count()).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await rowOf(page, "Gamma").waitFor();

  await swipe(page, rowOf(page, "Beta"), -130);
  await expect.poll(() => rowOf(page, "Beta").count()).toBe(0);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("button", { name: "Archived", exact: true }).click();
  await expect.poll(() => titlesOf(page)).toEqual(["Beta"]);
  await page.goBack();
  await rowOf(page, "Alpha").waitFor();
  expect(await rowOf(page, "Beta").count()).toBe(0);
}, 90_000);

test("a finger that rests on a row opens its menu, and lifting it leaves the menu open", async () => {
  const page = await paired({ width: 360, height: 740 });
  await addSession(page, "Held");
  const box = await rowOf(page, "Held").boundingBox();
  if (box === null) throw new Error("It is not on the screen.");
  const touch = await page.context().newCDPSession(page);
  const touchPoints = [{ x: box.x + 80, y: box.y + box.height / 2 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  const menu = page.getByRole("dialog");
  await menu.waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await menu.getByRole("button", { name: "Archive" }).click();
  await page.getByText("Archived ‘Held’.").waitFor();
});

test("e archives the row that has the focus, and the next row has it then", async () => {
  const page = await paired({ width: 1440, height: 900 });
  for (const title of ["Lower", "Upper"]) await addSession(page, title);
  await rowOf(page, "Upper").focus();
  await page.keyboard.press("e");
  await expect.poll(() => rowOf(page, "Upper").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.textContent?.includes("Lower"))).toBe(true);
}, 60_000);

test("a deleted session goes everywhere: its row, and the screen of whoever has it open, who keeps what was written", async () => {
  const page = await paired({ width: 1440, height: 900 });
  await addSession(page, "Doomed");
  const phone = await paired();
  await rowOf(phone, "Doomed").click();
  await turnEnd(phone).waitFor();
  await phone.getByRole("textbox", { name: "Message" }).fill("not sent yet");

  await rowOf(page, "Doomed").click({ button: "right" });
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText(/‘Doomed’ .* for good/).waitFor();
  await page.getByRole("button", { name: "Delete 1 session" }).click();
  await expect.poll(() => rowOf(page, "Doomed").count()).toBe(0);

  await phone.getByText(/^This session was deleted\./).waitFor();
  await screenshot(phone, "sessions-deleted");
  await phone.getByText("not sent yet").waitFor();
  await phone.getByRole("button", { name: "Start a session with it" }).click();
  expect(await phone.getByRole("dialog", { name: "New session" }).getByRole("textbox").inputValue()).toBe(
    "not sent yet",
  );
}, 60_000);

test("a file that was exported is imported, found by its words, opened at the entry, and read on both ways", async () => {
  const page = await paired();
  await startSession(page, "Say something about the seed");
  await turnEnd(page).waitFor();
  const file = join(folder, "long.json");
  await writeFile(file, await longExport(page, 300));
  await writeFile(join(folder, "none.json"), JSON.stringify({ some: "thing" }));

  await page.goto(`${product.origin}/settings/import`);
  await page.getByRole("button", { name: "Choose the file" }).waitFor();
  await page.locator('input[type="file"]').setInputFiles(join(folder, "none.json"));
  await page.getByText(/no exported session/).waitFor();
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.waitForURL(/\/s\/[A-Za-z0-9_-]+$/);
  await page.getByRole("heading", { name: "Long one" }).waitFor();

  await page.goto(product.origin);
  await page.getByRole("button", { name: "Search" }).click();
  const field = page.getByRole("searchbox");
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await field.fill("nothing like it");
  await page.getByText("Nothing matches ‘nothing like it’.").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await field.fill("NEEDLE of turn");
  const hit = page.locator(".search-place").first();
  await hit.waitFor();
  expect(await hit.locator("mark").allInnerTexts()).toEqual(["needle of turn"]);
  await screenshot(page, "sessions-search");
  await hit.click();
  await page.waitForURL(/\?at=\d+$/);
  const named = page.locator("[data-named]");
  await named.waitFor();
  expect(await named.innerText()).toContain("needle of turn 40");

  const top = () => named.evaluate((element) => element.getBoundingClientRect().top);
  const at = await page
    .locator("[data-entry]")
    .filter({ hasText: "needle of turn 40" })
    .first()
    .boundingBox();
  expect(at?.y).toBeGreaterThan(40);
  expect(at?.y).toBeLessThan(160);
  expect(await top().catch(() => at?.y)).toBeCloseTo(at?.y ?? 0, -1);
  await readBothWays(page);

  await page.goBack();
  await hit.waitFor();
  expect(await field.inputValue()).toBe("NEEDLE of turn");
  await page.goBack();
  await rowOf(page, "Long one").waitFor();
  expect(await field.count()).toBe(0);
}, 120_000);

/** Down to the very end and up to the very first turn, each turn once and in order. */
async function readBothWays(page: Page): Promise<void> {
  const scroller = page.locator(".transcript-scroll");
  const seen = new Set<number>();
  const look = async () => {
    const turns = await page.locator(".transcript [data-entry]").allInnerTexts();
    const numbers = turns.flatMap((text) => /(?:hay|needle) of turn (\d+)/.exec(text)?.[1] ?? []).map(Number);
    const sorted = [...numbers].sort((one, other) => one - other);
    expect(numbers).toEqual(sorted);
    for (const number of numbers) seen.add(number);
  };
  const scrollUntil = async (by: number, isThere: () => boolean) => {
    for (let step = 0; step < 400 && !isThere(); step += 1) {
      await scroller.evaluate((element, delta) => element.scrollBy(0, delta), by);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(null))));
      await look();
    }
  };
  await scrollUntil(1500, () => seen.has(299));
  await scrollUntil(-1500, () => seen.has(0));
  expect([seen.has(0), seen.has(150), seen.has(299)]).toEqual([true, true, true]);
}

test("search says that it needs the machine when that does not answer", async () => {
  const page = await paired();
  await addSession(page, "Offline one");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("searchbox").fill("offline");
  await page.getByText(/^Searching needs .*, which does not answer\.$/).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: /^Try (again|now)$/ }).click();
  await page.locator(".search-title").filter({ hasText: "Offline one" }).waitFor();
}, 60_000);

test("the list, the open search, its results and the import have no violation that axe knows", async () => {
  const page = await paired({ bypassCSP: true });
  await addSession(page, "Checked");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Search" }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("searchbox").fill("checked");
  await page.locator(".search-title").first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${product.origin}/settings/import`);
  await page.getByRole("button", { name: "Choose the file" }).waitFor();
  expect(await violations(page)).toEqual([]);
}, 60_000);
