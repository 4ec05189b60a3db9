/** What a person does on the page, by the names that a screen reader would say. */
import type { Locator, Page } from "playwright-core";
import type { Product } from "./product.ts";

/** From the printed link to the list of sessions: on the machine itself the link alone pairs. */
export async function pair(page: Page, product: Product): Promise<void> {
  await page.goto(product.pairingLink);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
}

/** The same on a phone, which asks first. */
export async function pairPhone(page: Page, product: Product): Promise<void> {
  await page.goto(product.pairingLink);
  await page.getByRole("button", { name: "Pair", exact: true }).click();
  await page.getByRole("button", { name: "New session" }).first().waitFor();
}

/** By typing the eight characters that `voxpilot pair` prints; ends on the list of sessions. */
export async function pairByCode(page: Page, product: Product): Promise<void> {
  const printed = await product.command(["pair"]);
  const [code] = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(printed) ?? [];
  if (code === undefined) throw new Error(`voxpilot pair printed no code:\n${printed}`);
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("textbox").fill(code);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
}

/** Starts a session in the project that is offered first, with this prompt; ends on the session's screen. */
export async function startSession(page: Page, prompt: string): Promise<void> {
  await page.getByRole("button", { name: "New session" }).first().click();
  const sheet = page.getByRole("dialog", { name: "New session" });
  await sheet.getByRole("textbox").fill(prompt);
  await sheet.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/s\/[A-Za-z0-9_-]+$/);
}

const inert = '[aria-disabled="true"], :disabled';

/** The card of an open question, whether it may be answered yet or not. */
function questionCard(page: Page): Locator {
  return page.getByRole("region").filter({ has: page.getByRole("button", { name: "Allow once" }) });
}

/** Waits for the next question and allows it. Resolves to the question, or to null when the turn ended without one. */
export async function allowNext(page: Page): Promise<string | null> {
  const card = questionCard(page).first();
  await card.or(turnEnd(page)).first().waitFor({ timeout: 45_000 });
  if ((await card.count()) === 0) return null;
  const question = await card.getByRole("paragraph").first().innerText();
  const allow = card.getByRole("button", { name: "Allow once" });
  // A long diff must have been seen to its end; then the buttons wake up, half a second after the card came.
  const unseen = card.getByRole("button", { name: /more lines?\b/ });
  if (await unseen.isVisible()) await unseen.click();
  await card.locator(`button:not(${inert})`, { hasText: /^Allow once$/ }).waitFor();
  await allow.click();
  await page
    .getByRole("region", { name: question })
    .getByRole("button", { name: "Allow once" })
    .waitFor({ state: "hidden" });
  return question;
}

/** The line that says that the turn is over. */
export function turnEnd(page: Page): Locator {
  return page.getByText(/^Done · /).first();
}
