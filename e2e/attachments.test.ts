/** What goes with a message beside its words: long texts that are pasted, files that are dropped; and what helps to write the first prompt. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgentStage, startAgentStage } from "./support/agent-stage.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { pair, startSession, turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

const lines = Array.from({ length: 212 }, (_, index) => `line ${index + 1} of what was pasted here`);
const pasted = lines.join("\n");

let browser: Browser;
let stage: AgentStage;
let page: Page;

beforeAll(async () => {
  [browser, stage] = await Promise.all([
    launchBrowser(),
    startAgentStage({
      files: { "README.md": "# Shop\n", ".claude/commands/deploy.md": "Deploy it." },
      scenes: { "Say hello": [{ text: "Hello." }], "What is this?": [{ text: "A log." }] },
    }),
  ]);
  ({ page } = await newPhone(browser, { bypassCSP: true }));
  await pair(page, stage.product);
  await startSession(page, "Say hello");
  await turnEnd(page).waitFor();
});

afterAll(async () => {
  await browser.close();
  await stage.close();
});

const sizes = [
  { width: 360, height: 740 },
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
] as const;

/** Both themes at four sizes, when pictures are wanted. */
async function everySize(name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of sizes) {
      await page.setViewportSize(size);
      await screenshot(page, `${name}-${size.width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
}

interface Given {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

async function paste(field: Locator, text: string): Promise<void> {
  await field.focus();
  await field.evaluate((element, content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", content);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function drag(target: Locator, type: "dragover" | "drop", files: readonly Given[]): Promise<void> {
  await target.evaluate(
    (element, [event, given]) => {
      const dataTransfer = new DataTransfer();
      for (const { name, type: mimeType, content } of given)
        dataTransfer.items.add(new File([content], name, { type: mimeType }));
      element.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [type, files] as const,
  );
}

const field = () => page.getByRole("textbox", { name: "Message" });
const tiles = () => page.getByRole("list", { name: "Goes with this message" }).getByRole("listitem");
const log: Given = { name: "server.log", type: "text/plain", content: "one\ntwo\n" };

test("files of the phone are chosen behind +, pictures and texts alike", async () => {
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  const sheet = page.getByRole("dialog", { name: "Add to the message" });
  await screenshot(page, "attach-choices");
  await sheet.getByRole("button", { name: "Files", exact: true }).click();
  const chosen = [log, { ...log, name: "more.log" }].map(({ name, type, content }) => ({
    name,
    mimeType: type,
    buffer: Buffer.from(content),
  }));
  await (await chooser).setFiles(chosen);
  await tiles().getByText("more.log").waitFor();
  expect(await tiles().count()).toBe(2);
  await page.getByRole("button", { name: "Remove server.log" }).click();
  await page.getByRole("button", { name: "Remove more.log" }).click();
  await expect.poll(() => tiles().count()).toBe(0);
});

test("a long text that is pasted is a tile: it survives a reload, can be changed, and goes as a block of its own", async () => {
  await paste(field(), "short\ntext");
  expect(await tiles().count()).toBe(0);
  await paste(field(), pasted);
  const tile = page.getByRole("button", { name: /^Pasted, 212 lines, 7 kB: read and change$/ });
  await tile.waitFor();
  expect(await tile.evaluate((element) => element.closest("li")?.getBoundingClientRect().height)).toBe(58);
  await everySize("attach-tile");
  await page.reload();
  await tile.click();
  const sheet = page.getByRole("dialog", { name: "Pasted" });
  await everySize("attach-sheet");
  expect(await violations(page)).toEqual([]);
  const whole = sheet.getByRole("textbox", { name: "The text" });
  expect(await whole.inputValue()).toBe(pasted);
  await whole.fill(lines.slice(0, 100).join("\n"));
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Pasted, 100 lines/ }).waitFor();
  await field().fill("What is this?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("A log.").waitFor();
  expect(await tiles().count()).toBe(0);
  const sent = JSON.stringify(stage.model.requests().at(-1)?.body);
  expect(sent).toContain(
    JSON.stringify(`<pasted lines="100">\n${lines.slice(0, 100).join("\n")}\n</pasted>`).slice(1, -1),
  );
  // The transcript has it as a tile: what is not read is not in the way.
  const said = page.getByRole("region", { name: "Transcript" });
  await said.getByRole("button", { name: "Pasted, 100 lines" }).waitFor();
  expect(await said.getByText("<pasted").count()).toBe(0);
  await everySize("attach-sent");
  await said.getByRole("button", { name: "Pasted, 100 lines" }).click();
  await page
    .getByRole("dialog", { name: "Pasted" })
    .getByText("line 100 of what was pasted here", { exact: false })
    .first()
    .waitFor();
  await everySize("attach-sent-open");
  await page.keyboard.press("Escape");
});

test("a pasted text can be put among the words after all, or taken away", async () => {
  await field().fill("See here:");
  await paste(field(), pasted);
  await tiles()
    .getByRole("button", { name: /read and change/ })
    .click();
  await page.getByRole("button", { name: "Put into the message" }).click();
  await expect.poll(() => field().inputValue()).toBe(`See here:\n\n${pasted}`);
  expect(await tiles().count()).toBe(0);
  await field().fill("");
  await paste(field(), pasted);
  await tiles().getByRole("button", { name: "Remove Pasted" }).click();
  expect(await tiles().count()).toBe(0);
});

test("text files are dropped onto the session; what cannot go with a message is refused in words", async () => {
  const transcript = page.getByRole("main");
  await drag(field(), "dragover", [log]);
  await page.getByText("Drop pictures or text files here").waitFor();
  await everySize("attach-drop");
  await drag(transcript.getByText("A log."), "drop", [log]);
  await page.getByRole("button", { name: /^server\.log, 2 lines/ }).waitFor();
  expect(await page.getByText("Drop pictures or text files here").count()).toBe(0);
  await drag(field(), "drop", [{ name: "a.zip", type: "application/zip", content: "PK\u0000\u0001" }]);
  await page.getByText("a.zip is neither a picture nor a text: it cannot go with a message.").waitFor();
  await screenshot(page, "attach-refused");
  await drag(field(), "drop", [{ name: "big.txt", type: "text/plain", content: "x".repeat(500_000) }]);
  await page.getByText(/^big\.txt is larger than .*mention it with @\.$/).waitFor();
  await page.getByRole("button", { name: "Remove server.log" }).click();
});

test("the first prompt has the project's commands and files; a page's own commands are not among them", async () => {
  await page.goto(`${stage.product.origin}/`);
  await page.getByRole("button", { name: "New session" }).first().click();
  const sheet = page.getByRole("dialog", { name: "New session" });
  const prompt = sheet.getByRole("textbox");
  await prompt.pressSequentially("/");
  const names = sheet.getByRole("listbox", { name: "Commands" }).getByRole("option");
  await names.first().waitFor();
  expect((await names.allInnerTexts()).map((name) => name.split("\n")[0])).toEqual([
    "/review",
    "/commit",
    "/init",
    "/deploy",
  ]);
  await everySize("attach-new-commands");
  await prompt.fill("/new thing");
  await sheet.getByRole("button", { name: "Start" }).click();
  await sheet.getByText("There is no command /new. Nothing was sent.").waitFor();
  await prompt.fill("Read @READ");
  await prompt.press("End");
  await sheet.getByRole("listbox", { name: "Files" }).getByRole("option").first().click();
  expect(await prompt.inputValue()).toBe("Read @README.md ");
  await prompt.fill("");
  await paste(prompt, pasted);
  await drag(prompt, "drop", [log]);
  await sheet.getByRole("button", { name: /^server\.log/ }).waitFor();
  await everySize("attach-new-tiles");
  await sheet.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/s\//);
  await page.getByText('<pasted lines="212">').waitFor();
});
