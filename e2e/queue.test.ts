/** What waits behind a turn, from two browsers side by side; and what is done to a message, a turn, a whole session. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { turnEnd } from "./support/person.ts";
import { screenshot } from "./support/phone.ts";
import {
  bothShow,
  desk,
  device,
  field,
  gate,
  own,
  press,
  queued,
  row,
  send,
  sessionWith,
  steered,
  withinMs,
} from "./support/queue-stage.ts";

async function more(page: Page, action: string): Promise<void> {
  await page
    .getByRole("button", { name: /^More for/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
}

test("two browsers show one queue: two queued, one edited, moved, steered, removed", async () => {
  const phone = await sessionWith("work side by side");
  const other = await device(desk);
  await other.goto(phone.url());
  await own(other, "work side by side").waitFor();
  const both = [phone, other];

  await send(phone, steered);
  await send(phone, "and the docs");
  await bothShow(both, [steered, "and the docs"]);

  await field(other).fill("half written");
  await row(other, "and the docs")
    .getByRole("button", { name: /^Edit:/ })
    .click();
  expect(await field(other).inputValue()).toBe("and the docs");
  await field(other).fill("and the docs, in English");
  await press(other, "Change the queued message");
  await bothShow(both, [steered, "and the docs, in English"]);
  await expect.poll(() => field(other).inputValue()).toBe("half written");

  await row(phone, "and the docs")
    .getByRole("button", { name: /^Move:/ })
    .click();
  await phone.getByRole("dialog").getByRole("button", { name: "Move up" }).click();
  await bothShow(both, ["and the docs, in English", steered]);
  await dragBeneath(other, "and the docs", steered);
  await bothShow(both, [steered, "and the docs, in English"]);

  await row(phone, steered).getByRole("button", { name: "Steer now" }).click();
  await row(other, steered).getByText("Goes in next").waitFor({ timeout: withinMs });
  gate("work side by side/0").open();
  await Promise.all(both.map((page) => own(page, steered).waitFor()));
  await bothShow(both, ["and the docs, in English"]);

  await row(other, "and the docs").getByRole("button", { name: "Remove" }).click();
  await bothShow(both, []);
  await other.getByRole("button", { name: "Undo" }).click();
  await bothShow(both, ["and the docs, in English"]);
  await row(phone, "and the docs").getByRole("button", { name: "Remove" }).click();
  await bothShow(both, []);

  gate(steered).open();
  await Promise.all(both.map((page) => turnEnd(page).waitFor()));
  for (const page of both) {
    expect(await page.locator(".entry-user .user-text").allInnerTexts()).toEqual([
      "work side by side",
      steered,
    ]);
  }
  expect(await field(other).inputValue()).toBe("half written");
});

/** With the mouse, by its handle. */
async function dragBeneath(page: Page, words: string, target: string): Promise<void> {
  const from = await row(page, words).locator(".queue-handle").boundingBox();
  const to = await row(page, target).locator(".queue-handle").boundingBox();
  if (from === null || to === null) throw new Error("A row is not on the screen.");
  const x = from.x + from.width / 2;
  await page.mouse.move(x, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(x, from.y + from.height / 2 + 12);
  await page.mouse.move(x, to.y + to.height / 2 + 4, { steps: 4 });
  await page.mouse.up();
}

test("a finger moves a queued message by its handle, and both browsers show it", async () => {
  const page = await sessionWith("work with a finger", { width: 360, height: 740 });
  const other = await device(desk);
  await other.goto(page.url());
  await own(other, "work with a finger").waitFor();
  for (const words of ["one", "two", "three"]) await send(page, words);
  // What is seen is not folded away when it grows.
  await row(page, "three").waitFor();
  await screenshot(page, "queue-dock");
  const boxOf = async (words: string) => await row(page, words).locator(".queue-handle").boundingBox();
  const [from, to] = [await boxOf("three"), await boxOf("one")];
  if (from === null || to === null) throw new Error("A row is not on the screen.");
  const x = from.x + from.width / 2;
  const [startY, endY] = [from.y + from.height / 2, to.y + to.height / 2 - 4];
  const touch = await page.context().newCDPSession(page);
  const finger = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x, y }] });
  await finger("touchStart", startY);
  for (let step = 1; step <= 8; step += 1) await finger("touchMove", startY + ((endY - startY) * step) / 8);
  await finger("touchEnd");
  await bothShow([page], ["three", "one", "two"]);
  // Where three are there from the start they are one row until somebody wants to see them.
  await other.reload();
  await other.getByRole("button", { name: "3 queued messages" }).click();
  await bothShow([other], ["three", "one", "two"]);
  gate("work with a finger/0").open();
  gate("work with a finger/1").open();
  await page.getByText("Heard: two.").waitFor();
});

test("a queued message that was taken up while it was edited is told so, and nothing is doubled", async () => {
  const page = await sessionWith("work then edit", desk);
  await send(page, "what waits");
  await row(page, "what waits")
    .getByRole("button", { name: /^Edit:/ })
    .click();
  await page.getByText("This changes the queued message.").waitFor();
  await field(page).fill("what waits, changed");
  gate("work then edit/0").open();
  gate("work then edit/1").open();
  await page.getByText("It waits no longer. Sent, this is a new message.").waitFor();
  await page.getByText("Heard: what waits.").waitFor();
  expect(await field(page).inputValue()).toBe("what waits, changed");
  await press(page, "Send");
  await page.getByText("Heard: what waits, changed.").waitFor();
  expect(await page.locator(".entry-user .user-text").allInnerTexts()).toEqual([
    "work then edit",
    "what waits",
    "what waits, changed",
  ]);
});

test("holding Send, its caret and Alt Return offer steering, queuing and interrupting", async () => {
  const page = await sessionWith("work and be stopped", desk);
  await field(page).fill("by the caret");
  await page.getByRole("button", { name: "Other ways to send" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Queue/ })
    .click();
  await expect.poll(() => queued(page)).toEqual(["by the caret"]);

  await field(page).fill("by a key");
  await field(page).press("Alt+Enter");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Steer/ })
    .click();
  await row(page, "by a key").getByText("Goes in next").waitFor();

  await field(page).fill("held");
  const at = await page.getByRole("button", { name: "Send", exact: true }).boundingBox();
  if (at === null) throw new Error("Send is not on the screen.");
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await page.mouse.down();
  await page.getByRole("dialog").waitFor();
  await page.mouse.up();
  expect(await field(page).inputValue()).toBe("held");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Interrupt/ })
    .click();
  await page.getByRole("heading", { name: /^Stopped: by you/ }).waitFor();
  await page.getByText("Heard: by the caret.").waitFor();
  // What was to be steered goes into the turn that runs then.
  expect(await page.locator(".entry-user .user-text").allInnerTexts()).toEqual([
    "work and be stopped",
    "held",
    "by a key",
    "by the caret",
  ]);
});

test("what waits when a person stops the turn rests on every screen, and goes when somebody sends it", async () => {
  const phone = await sessionWith("work until it is stopped");
  const other = await device(desk);
  await other.goto(phone.url());
  await send(phone, "first of two");
  await send(phone, "second of two");
  await bothShow([phone, other], ["first of two", "second of two"]);
  await phone.locator('.round-button[data-shape="stop"]').waitFor();
  await expect
    .poll(async () => {
      await phone
        .locator('.round-button[data-shape="stop"]')
        .click({ timeout: 300 })
        .catch(() => undefined);
      return await phone.getByText(/^Stopped: by you/).count();
    })
    .toBeGreaterThan(0);
  for (const page of [phone, other]) await page.getByText("2 messages wait for you").waitFor();
  await bothShow([phone, other], ["first of two", "second of two"]);
  await screenshot(phone, "queue-rests");

  await row(phone, "first of two").getByRole("button", { name: "Remove" }).click();
  await other.getByText("1 message waits for you").waitFor();
  // Undone at rest it is in the field, and nothing runs.
  await phone.getByRole("button", { name: "Undo" }).click();
  expect(await field(phone).inputValue()).toBe("first of two");
  await field(phone).fill("said at rest");
  await press(phone, "Send");
  await phone.getByText("Heard: second of two.").waitFor();
  expect(await phone.locator(".entry-user .user-text").allInnerTexts()).toEqual([
    "work until it is stopped",
    "said at rest",
    "second of two",
  ]);
});

test("a tap on one's own block: a draft survives sending it again, and it forks", async () => {
  const page = await sessionWith("say one");
  await page.getByText("Heard: say one.").waitFor();
  await send(page, "say two");
  await page.getByText("Heard: say two.").waitFor();
  const address = page.url();
  await field(page).fill("my draft");
  await own(page, "say two").locator(".user-block").click();
  await page
    .getByRole("dialog", { name: "Your message" })
    .getByRole("button", { name: /^Edit and/ })
    .click();
  // What was said goes out of the conversation, and comes back into the field.
  await page.getByRole("button", { name: "Rewind conversation" }).click();
  await page.getByText("A new message. Your draft is kept.").waitFor();
  expect(await field(page).inputValue()).toBe("say two");
  await page.reload();
  await expect.poll(() => field(page).inputValue()).toBe("say two");
  await field(page).fill("say three");
  await press(page, "Send");
  await page.getByText("Heard: say three.").waitFor();
  expect(await field(page).inputValue()).toBe("my draft");

  await own(page, "say one").locator(".user-block").click();
  await page
    .getByRole("dialog", { name: "Your message" })
    .getByRole("button", { name: /^Fork from/ })
    .click();
  await expect.poll(() => page.url()).not.toBe(address);
  await page.getByText("Heard: say one.").waitFor();
  expect(await page.locator(".entry-user .user-text").allInnerTexts()).toEqual(["say one"]);
  await page
    .getByText(/^Forked from/)
    .getByRole("link", { name: "say one" })
    .click();
  await expect.poll(() => page.url()).toBe(address);
  await page.getByText("Heard: say three.").waitFor();
  expect(await page.getByText(/^Forked from/).count()).toBe(0);
});

test("behind ⋯: the turns lead to their places, the export is a file, and deleting says what goes", async () => {
  const page = await sessionWith("say first");
  await page.getByText("Heard: say first.").waitFor();
  await send(page, `say ${"much ".repeat(900)}`);
  await page.getByText("Heard: say much").waitFor();
  await more(page, "Turns");
  const turns = page.getByRole("dialog", { name: "Turns" });
  expect(await turns.locator(".turn-row .option-line").allInnerTexts()).toEqual(["Done", "Done"]);
  await turns.getByRole("button", { name: /^say first/ }).click();
  await expect.poll(async () => (await own(page, "say first").boundingBox())?.y ?? -1).toBeGreaterThan(0);

  await page.getByRole("button", { name: /^More for/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("dialog").getByRole("link", { name: "Export as Markdown" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^voxpilot-.*\.md$/);
  expect(await readFile(await download.path(), "utf8")).toContain("Heard: say first.");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await more(page, "Pin");
  await page.getByText("Pinned at the top of the list.").waitFor();
  const { origin, pathname } = new URL(page.url());
  await more(page, "Delete");
  await page.getByText(/ goes from .* for good/).waitFor();
  await page.getByRole("button", { name: "Delete 1 session" }).click();
  await page.getByText(/ is deleted\.$/).waitFor();
  expect(new URL(page.url()).pathname).toBe("/");
  expect((await page.request.get(`${origin}/api${pathname.replace("/s/", "/sessions/")}`)).status()).toBe(
    404,
  );
});
