/** Headers of one's own that go with every request to a provider: written once, sent each time, and a secret never shown again. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./support/axe.ts";
import { launchBrowser } from "./support/browser.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

let browser: Browser;
let folder: string;
let product: Product;
let page: Page;
let gateway: Server;
const seen: (string | undefined)[][] = [];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-fields-")));
  gateway = createServer((request, response) => {
    const { headers, url = "" } = request;
    seen.push([String(headers["x-title"]), String(headers["x-gateway-key"]), url.split("?")[1]]);
    response.setHeader("content-type", "application/json").end('{"data":[]}');
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", () => resolve()));
  [browser, product] = await Promise.all([launchBrowser(), startProduct({ words: [folder] })]);
  ({ page } = await newPhone(browser, { width: 360, height: 740, bypassCSP: true }));
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  gateway.close();
  await rm(folder, { recursive: true, force: true });
});

async function bothSizes(name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of [
      { width: 1440, height: 900 },
      { width: 360, height: 740 },
    ]) {
      await page.setViewportSize(size);
      await screenshot(page, `${name}-${size.width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
}

test("headers and query of a provider go with each of its requests; the secret among them is not shown again", async () => {
  const { port } = gateway.address() as AddressInfo;
  await page.goto(product.pairingLink);
  await page.getByRole("button", { name: "Add a provider" }).click();
  await page
    .getByRole("dialog", { name: "Which one?" })
    .getByRole("button", { name: /^Another one/ })
    .click();
  const form = page.getByRole("dialog", { name: "Another one" });
  await form.getByLabel("Name", { exact: true }).fill("Gateway");
  await form.getByLabel("Address").fill(`http://127.0.0.1:${port}/v1`);
  expect(await form.getByRole("button", { name: "Add a header" }).isVisible()).toBe(false);
  await form.getByText("More", { exact: true }).click();
  await bothSizes("provider-more-empty");
  for (const [index, name, value] of [
    [0, "X-Title", "Mine"],
    [1, "X-Gateway-Key", "gateway-secret"],
  ] as const) {
    await form.getByRole("button", { name: "Add a header" }).click();
    await form.getByLabel("Header", { exact: true }).nth(index).fill(name);
    await form.getByLabel(`Value of ${name}`).fill(value);
  }
  await form.getByRole("checkbox").first().uncheck();
  await form.getByRole("button", { name: "Add to the query" }).click();
  await form.getByLabel("Name", { exact: true }).nth(1).fill("api-version");
  await form.getByRole("button", { name: "Save and test" }).click();
  await form.getByText("Give api-version a value, or remove it.").waitFor();
  await form.getByLabel("Value of api-version").fill("2026-01-01");
  await bothSizes("provider-more");
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Save and test" }).click();
  await expect.poll(() => seen.at(-1)).toEqual(["Mine", "gateway-secret", "api-version=2026-01-01"]);
  const [entry] = await page.evaluate(async () => {
    const answer = await fetch("/api/providers");
    const { providers } = await answer.json();
    return providers.filter(({ name }: { name: string }) => name === "Gateway");
  });
  expect(entry.headers).toEqual([
    { name: "X-Title", value: "Mine", isSecret: false },
    { name: "X-Gateway-Key", value: null, isSecret: true },
  ]);
  await bothSizes("provider-more-saved");
});
