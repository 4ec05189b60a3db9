/** Browsers on a machine whose model answers when a test lets it, and what a person does with messages that wait. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { Conversation } from "../../backend/src/demo/scripted-model/conversation.ts";
import type { ScriptedReply } from "../../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { launchBrowser } from "./browser.ts";
import { pairByCode, startSession } from "./person.ts";
import { newPhone, type PhoneOptions } from "./phone.ts";
import { type Product, startProduct } from "./product.ts";

/** A second on a quiet machine; a busy one is given more, since time decides no test. */
export const withinMs = 10_000;
/** A screen beside the phone. */
export const desk: PhoneOptions = { width: 1440, height: 900 };

let browser: Browser;
let folder: string;
let model: ScriptedModel;
let product: Product;

/** The model's answers wait here until the test lets them go. */
const gates = new Map<string, { readonly opened: Promise<void>; readonly open: () => void }>();

/** The gate of that name: what waits for `opened` goes on with `open()`. */
export function gate(name: string) {
  const known = gates.get(name);
  if (known !== undefined) return known;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const made = { opened, open };
  gates.set(name, made);
  return made;
}

/** Said into a turn that works. */
export const steered = "look at the tests";

async function reply({ prompt, calls }: Conversation): Promise<ScriptedReply> {
  // What was said in a row, without an answer in between, comes as one.
  const said = prompt.split("\n").at(-1) ?? "";
  if (said === steered) await gate(steered).opened;
  if (!said.startsWith("work")) return { text: `Heard: ${said}.` };
  await gate(`${said}/${calls.length}`).opened;
  return calls.length === 0
    ? { calls: [{ tool: "read", arguments: { path: "notes.txt" } }] }
    : { text: "That was it." };
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-queue-")));
  await writeFile(join(folder, "notes.txt"), "Nothing yet.\n");
  const models = [{ id: "scripted", name: "Scripted", contextWindow: 64_000 }];
  const refused = {
    times: Number.POSITIVE_INFINITY,
    status: 402,
    body: { error: { message: "No credit." } },
  };
  const rules = [
    { name: "refused", when: { lastUser: /^fail$/ }, reply: { text: "never" }, errors: refused },
  ];
  model = await startScriptedModel({ script: { models, rules, fallback: reply } });
  const environment = { VOXPILOT_MODELS_BASE_URL: model.baseUrl };
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: [folder], environment })]);
});

afterAll(async () => {
  for (const { open } of gates.values()) open();
  await browser.close();
  await product.stop();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

/** A paired browser, closed with the test. */
export async function device(options: PhoneOptions = {}): Promise<Page> {
  const { page, context } = await newPhone(browser, options);
  page.setDefaultTimeout(10_000);
  onTestFinished(() => context.close());
  await pairByCode(page, product);
  return page;
}

/** A phone in a new session that began with `prompt`. */
export async function sessionWith(prompt: string, options: PhoneOptions = {}): Promise<Page> {
  const page = await device(options);
  await startSession(page, prompt);
  return page;
}

/** Where messages are written. */
export const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
/** The words of the messages that wait, in order. */
export const queued = (page: Page) => page.locator(".queue-rows .queue-words").allInnerTexts();
/** Once the machine has it: until then it is another row, with other buttons. */
export const row = (page: Page, words: string) =>
  page.locator(".queue-row:not(.queue-row-own)", { hasText: words });
/** What was said, in the transcript. */
export const own = (page: Page, words: string) => page.locator(".entry-user", { hasText: words });

/** The button has just become what it is: until it has stood still, a tap is not meant. */
export async function press(page: Page, name: string): Promise<void> {
  const before = await field(page).inputValue();
  const button = page.locator(".round-button").and(page.getByRole("button", { name, exact: true }));
  await expect
    .poll(async () => {
      await button.click({ timeout: 300 }).catch(() => undefined);
      return await field(page).inputValue();
    })
    .not.toBe(before);
}

/** Writes a message and sends it. */
export async function send(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await press(page, "Send");
}

/** All of these pages come to show these messages that wait. */
export async function bothShow(pages: readonly Page[], words: readonly string[]): Promise<void> {
  await Promise.all(
    pages.map((page) => expect.poll(() => queued(page), { timeout: withinMs, interval: 20 }).toEqual(words)),
  );
}
