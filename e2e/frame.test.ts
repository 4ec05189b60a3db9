import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { startCopiedProduct } from "./support/copied-product.ts";
import { freshDemo } from "./support/fresh-demo.ts";
import { pair, pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** Writes in the sheet of a new session, and puts the sheet away. */
async function leaveDraft(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "New session" }).first().click();
  await page.getByRole("dialog", { name: "New session" }).getByRole("textbox").fill(words);
  await page.getByRole("button", { name: "Close" }).click();
}

async function draft(page: Page): Promise<string> {
  await page.getByRole("button", { name: "New session" }).first().click();
  return await page.getByRole("dialog", { name: "New session" }).getByRole("textbox").inputValue();
}

function entryOf(page: Page): Promise<string | null> {
  return page.locator('script[type="module"]').getAttribute("src");
}

test("a machine that comes back with a newer page offers to reload, and what is unsent is kept", async () => {
  const product = await startCopiedProduct();
  onTestFinished(() => product.stop());
  const { page, context } = await newPhone(browser);
  await page.goto(product.pairingLink);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
  await leaveDraft(page, "not sent yet");
  const older = await entryOf(page);

  const chip = page.getByRole("button", { name: "Updated. Reload" });
  const newer = await product.updatePage();
  await product.restart();
  await chip.waitFor({ timeout: 30_000 });
  await screenshot(page, "updated");
  expect(await entryOf(page)).toBe(older);

  await chip.click();
  await expect.poll(() => entryOf(page).catch(() => null)).toBe(newer);
  expect(await draft(page)).toBe("not sent yet");
  expect(await chip.count()).toBe(0);
  await context.close();
}, 90_000);

test("a device that another one signs out is told by whom and when, and keeps what it wrote", async () => {
  const product = await freshDemo();
  const laptop = await newPhone(browser, { width: 1440, height: 900 });
  await pair(laptop.page, product);
  const phone = await newPhone(browser);
  await pairByCode(phone.page, product);
  await leaveDraft(phone.page, "not sent yet");

  const laptopName = await laptop.page.evaluate(async () => {
    const { devices } = await (await fetch("/api/devices")).json();
    const { id } = await (await fetch("/api/device")).json();
    const [mine, other] = [true, false].map((isMine) =>
      devices.find((each: { id: string }) => (each.id === id) === isMine),
    );
    await fetch(`/api/devices/${mine.id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "laptop" }),
    });
    await fetch(`/api/devices/${other.id}`, { method: "DELETE" });
    return "laptop";
  });
  const words = phone.page.getByText(
    new RegExp(`^This \\w+ was signed out by ${laptopName} at \\d?\\d:\\d\\d.*\\. Drafts are kept\\.$`),
  );
  await words.waitFor();
  await phone.page.reload();
  await words.waitFor();
  expect(await phone.page.title()).toBe("VoxPilot");

  await pairByCode(phone.page, product);
  expect(await draft(phone.page)).toBe("not sent yet");
  await phone.context.close();
  await laptop.context.close();
}, 60_000);

/** Whether the first lies to the left of the second. */
async function isLeftOf(page: Page, first: string, second: string): Promise<boolean> {
  const [one, two] = await Promise.all(
    [first, second].map((selector) => page.locator(selector).first().boundingBox()),
  );
  return (one?.x ?? 0) < (two?.x ?? 0);
}

test("the left hand has the buttons at its side, on screens and in sheets", async () => {
  const product = await freshDemo();
  const { page, context } = await newPhone(browser);
  await pairByCode(page, product);
  const sides: boolean[] = [];
  for (const hand of ["Off", "On"]) {
    await page.goto(`${product.origin}/settings/device`);
    await page.getByRole("group", { name: "Left hand" }).getByRole("radio", { name: hand }).check();
    await page.goto(product.origin);
    const button = await page.getByRole("button", { name: "New session" }).first().boundingBox();
    await page.getByRole("button", { name: "New session" }).first().click();
    sides.push(
      (button?.x ?? 0) < 100,
      await isLeftOf(page, ".send-button", ".prompt-field"),
      await isLeftOf(page, ".sheet-head button", ".sheet-head h2"),
    );
    await screenshot(page, `left-hand-${hand}`);
  }
  expect(sides).toEqual([false, false, false, true, true, true]);
  await context.close();
}, 60_000);

test("the first thing that the keyboard reaches in a session leads to the composer", async () => {
  const product = await freshDemo();
  const { page, context } = await newPhone(browser, { width: 1440, height: 900 });
  await pair(page, product);
  await startSession(page, "make the tests pass");
  const composer = page.getByRole("textbox", { name: /^Message|^Or say/ });
  await composer.waitFor();
  await page.locator(".panes").locator("a, button, [tabindex]").first().focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => composer.evaluate((field) => field === document.activeElement)).toBe(true);
  await context.close();
}, 60_000);

/** What stands out of the window sideways. */
function tooWide(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("#app *, dialog *")]
      .filter((element) => !element.matches(".visually-hidden, .skip-link, .skip-link *"))
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80)),
  );
}

test.each([
  { colorScheme: "light", width: 390, text: "100%" },
  { colorScheme: "dark", width: 390, text: "100%" },
  { colorScheme: "dark", width: 1440, text: "100%" },
  { colorScheme: "light", width: 320, text: "100%" },
  { colorScheme: "light", width: 390, text: "200%" },
] as const)(
  "axe finds nothing and nothing is cut off around the sessions: $colorScheme, $width px, text at $text",
  async ({ colorScheme, width, text }) => {
    const product = await freshDemo();
    const { page, context } = await newPhone(browser, { colorScheme, width, bypassCSP: true });
    const found: Record<string, readonly string[]> = {};
    const check = async (place: string): Promise<void> => {
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), text);
      const wrong = [...(await violations(page)), ...(await tooWide(page))];
      if (wrong.length > 0) found[place] = wrong;
      await screenshot(page, `frame-${place}-${colorScheme}-${width}-${text}`);
    };
    const back = async (): Promise<void> => {
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").last().waitFor({ state: "detached" });
    };
    await page.goto(`${product.origin}/pair`);
    await page.getByRole("textbox").fill("ABCDEFGH");
    await page.getByText("That code is not known").waitFor();
    await check("wrong code");
    await pairByCode(page, product);
    await check("no sessions");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await check("keys");
    await back();
    await page.getByRole("button", { name: "New session" }).first().click();
    await page.getByRole("textbox").fill("make the tests pass");
    await check("new session");
    for (const chip of ["Project", "Model", "Mode"]) {
      await page.getByRole("button", { name: `${chip}:` }).click();
      await page.getByRole("dialog", { name: chip }).getByRole("listitem").first().waitFor();
      await check(chip);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: chip }).waitFor({ state: "detached" });
    }
    for (const section of ["", "/device", "/devices", "/about"]) {
      await page.goto(`${product.origin}/settings${section}`);
      await page.locator(".settings-body > *").first().waitFor();
      await check(`settings${section}`);
    }
    await page.goto(`${product.origin}/settings/devices`);
    await page.getByRole("button", { name: "Pair another" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Read/ }).click();
    await page.getByRole("dialog").getByRole("img").waitFor();
    await check("pair another");
    await back();
    await page.locator(".settings-section .option-row").first().click();
    await page.getByRole("dialog").getByRole("textbox").waitFor();
    await check("device");
    await context.close();
    expect(found).toEqual({});
  },
  120_000,
);
