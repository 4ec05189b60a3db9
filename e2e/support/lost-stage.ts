/** A product that can be killed, phones before it, and what its logs and those phones hold. The browser is there for the whole test file. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { Conversation } from "../../backend/src/demo/scripted-model/conversation.ts";
import type { ScriptedReply } from "../../backend/src/demo/scripted-model/script.ts";
import { launchBrowser } from "./browser.ts";
import { type LastingProduct, startLastingProduct } from "./lasting-product.ts";
import { newPhone, type Phone } from "./phone.ts";

/** Whether the long form was asked for. */
export const isLong = process.env.VOXPILOT_TEST_LONG === "1";
/** What a log must never hold, and so nor must a phone. */
export const canary = `ghp_${"Canary".repeat(6)}`;
const words = Array.from({ length: 300 }, (_, index) => `word${index + 1}`).join(" ");
/** The project. */
export const files = {
  "auth.ts": "export function login() {\n  return null;\n}\n",
  "cart.ts": "export function pay() {\n  return null;\n}\n",
  "keys.txt": `token ${canary}\n`,
};
const models = [{ id: "scripted", name: "Scripted", contextWindow: 200_000 }];

/** What the model does for each prompt. */
function reply({ prompt, calls }: Conversation): ScriptedReply {
  if (prompt.startsWith("edit")) {
    const path = prompt.slice("edit ".length);
    const edit = { path, old_string: "return null;", new_string: "return renew();" };
    const isDone = calls.some(({ tool, result }) => tool === "edit" && result.includes("+1"));
    return isDone ? { text: `Edited ${path}.` } : { calls: [{ tool: "edit", arguments: edit }] };
  }
  if (prompt.startsWith("read much") && calls.length < 180)
    return {
      calls: Array.from({ length: 60 }, (_, index) => ({
        tool: "glob",
        arguments: { pattern: `*${calls.length + index}.ts` },
      })),
    };
  if (prompt.startsWith("read much")) return { text: words };
  if (prompt.startsWith("read the keys") && calls.length === 0)
    return { calls: [{ tool: "read", arguments: { path: "keys.txt" } }] };
  return { text: `Heard: ${prompt}.` };
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** A product with that model and that project; it ends with the test. */
export async function lastingProduct(publicUrl?: (port: number) => string): Promise<LastingProduct> {
  const script = { models, fallback: reply };
  const product = await startLastingProduct({
    script,
    files,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  onTestFinished(() => product.stop());
  return product;
}

/** A browser of its own; it is closed with the test. */
export async function phone(options: Parameters<typeof newPhone>[1] = {}): Promise<Phone> {
  const made = await newPhone(browser, options);
  onTestFinished(() => made.context.close());
  return made;
}

interface LoggedEvent {
  readonly seq: number;
  readonly turnId?: string;
  readonly update: {
    readonly sessionUpdate: string;
    readonly state?: string;
    readonly content?: { readonly text?: string };
    readonly outcome?: { readonly outcome: string; readonly kind?: string };
  };
}

/** A device of its own on the same machine, without a browser. */
export async function caller(product: LastingProduct) {
  const token = await product.newToken();
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${product.origin}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  };
  const events = async (sessionId: string): Promise<readonly LoggedEvent[]> => {
    const all: LoggedEvent[] = [];
    for (let hasMore = true; hasMore; ) {
      const page = await call<{ events: LoggedEvent[]; hasMore: boolean }>(
        `/api/sessions/${sessionId}/events?after=${all.at(-1)?.seq ?? 0}&limit=500`,
      );
      all.push(...page.events);
      hasMore = page.hasMore;
    }
    return all;
  };
  return { call, events };
}

/** The turns that a prompt with these words began. */
export function turnsOf(events: readonly LoggedEvent[], said: string): number {
  return events.filter(
    ({ update }) => update.sessionUpdate === "user_message_chunk" && update.content?.text === said,
  ).length;
}

/** How many turns came to their end. */
export function endedTurns(events: readonly LoggedEvent[]): number {
  return events.filter(({ update }) => update.sessionUpdate === "state_update" && update.state === "idle")
    .length;
}

/** What was said to each question. */
export function outcomesOf(events: readonly LoggedEvent[]): readonly (string | undefined)[] {
  return events
    .filter(({ update }) => update.sessionUpdate === "permission_outcome")
    .map(({ update }) => update.outcome?.kind ?? update.outcome?.outcome);
}

/** Pairs the browser; anywhere but on the machine itself it asks first. Ends on the list of sessions. */
export async function enter(
  page: Page,
  product: LastingProduct,
  origin = product.publicOrigin,
): Promise<void> {
  await page.goto(`${origin}/pair#${await product.newCode()}`);
  const button = page.getByRole("button", { name: "Pair", exact: true });
  const list = page.getByRole("button", { name: "New session" }).first();
  await button.or(list).first().waitFor();
  if (await button.isVisible()) await button.click();
  await list.waitFor();
}

/** The session that the page shows. */
export const sessionIdOf = (page: Page) => new URL(page.url()).pathname.slice("/s/".length);
/** The conversation as it is read. */
export const entriesOf = (page: Page) => page.locator(".transcript article").allInnerTexts();
/** Where messages are written. */
export const field = (page: Page) => page.getByRole("textbox", { name: "Message" });

/** Sends a message. The button has just become Send: it takes no tap that was meant for Stop. */
export async function say(page: Page, said: string): Promise<void> {
  await field(page).fill(said);
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Send" }).click();
      return await field(page).inputValue();
    })
    .toBe("");
}

/** The page's own files are there, so that it opens without a network. */
export async function untilPageIsKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(() => caches.has("x").then(() => caches.keys()))).toHaveLength(1);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const [name] = await caches.keys();
        return (await (await caches.open(name ?? "")).keys()).length;
      }),
    )
    .toBeGreaterThan(10);
}

/** The database holds the session, as it does a few seconds after it was seen. */
export async function untilSessionIsKept(page: Page, lastWords: string): Promise<void> {
  await expect.poll(async () => (await dump(page)).includes(lastWords), { timeout: 15_000 }).toBe(true);
}

/** Everything that this page has stored in its browser, as text. */
export async function dump(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? "");
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of database.objectStoreNames) {
        const values = await new Promise<unknown>((resolve) => {
          const reading = database.transaction(store).objectStore(store).getAll();
          reading.onsuccess = () => resolve(reading.result);
        });
        parts.push({ [store]: values });
      }
      database.close();
    }
    for (const name of await (globalThis.caches?.keys() ?? []))
      for (const request of await (await caches.open(name)).keys()) parts.push(request.url);
    return JSON.stringify(parts);
  });
}
