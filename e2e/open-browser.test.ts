/** The browser that a start opens: from a file of this machine to a paired page, without a click. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openPairingPage } from "../backend/src/command-line/pairing-page.ts";
import { durableFiles } from "../backend/src/workspace/durable-files.ts";
import { launchBrowser } from "./support/browser.ts";
import { startProduct } from "./support/product.ts";

test("NET-24: a page that is reached through the file pairs itself", async () => {
  const directory = await mkdtemp(join(tmpdir(), "voxpilot-open-"));
  const product = await startProduct({ words: ["demo"] });
  const browser = await launchBrowser();
  onTestFinished(async () => {
    await browser.close();
    await product.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const link = product.pairingLink;
  const file = await openPairingPage({ directory, files: durableFiles, link, isOpen: () => true });
  onTestFinished(() => file.close());
  const page = await browser.newPage();
  await page.goto(file.address);
  await page.getByRole("button", { name: "New session" }).first().waitFor();
  expect(new URL(page.url()).origin).toBe(product.origin);
  expect(page.url()).not.toContain("#");
});
