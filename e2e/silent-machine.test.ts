/** A machine that stops in the middle of a turn, without a word: what somebody is told who only looks, and who presses Stop. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgentStage, startAgentStage } from "./support/agent-stage.ts";
import { launchBrowser } from "./support/browser.ts";
import { pairByCode, startSession } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";

let browser: Browser;
let stage: AgentStage;

beforeAll(async () => {
  [browser, stage] = await Promise.all([
    launchBrowser(),
    startAgentStage({
      files: { "notes.txt": "Nothing yet.\n" },
      scenes: {
        "Work on": [{ calls: [{ tool: "ask", arguments: { question: "Go on?", options: ["Yes"] } }] }],
      },
    }),
  ]);
});

afterAll(async () => {
  process.kill(stage.product.pid, "SIGCONT");
  await browser.close();
  await stage.close();
});

test("a silent machine is told of soon; a stop that it has not heard says so, and is heard when it is back", async () => {
  const { page } = await newPhone(browser, { width: 360, height: 740 });
  await pairByCode(page, stage.product);
  await startSession(page, "Work on");
  await page.getByRole("region", { name: "Go on?" }).waitFor();

  const silentAt = Date.now();
  process.kill(stage.product.pid, "SIGSTOP");
  await page.locator('[data-connection="reconnecting"]:visible').waitFor({ timeout: 30_000 });
  // Ten seconds, and what a busy machine adds: without a question into the silence it would be half a minute.
  expect(Date.now() - silentAt).toBeLessThan(20_000);

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopping…").waitFor();
  await page.getByText(/ has not heard the stop yet$/).waitFor({ timeout: 30_000 });
  await screenshot(page, "silent-stop");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Stopping…").waitFor();

  process.kill(stage.product.pid, "SIGCONT");
  await page
    .getByText(/^Stopped: by you/)
    .first()
    .waitFor({ timeout: 30_000 });
  await page.locator('[data-connection="open"]').first().waitFor({ state: "attached" });
}, 120_000);
