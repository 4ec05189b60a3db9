/** `--https` in a real browser: what a phone sees before and after it trusts this machine's authority. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBrowser } from "../scripts/find-browser.mjs";
import { browserArguments, launchBrowser, machineName } from "./support/browser.ts";
import { pairPhone } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";
import { findProgram } from "./support/programs.ts";

/** Writes into the store of certificates that Chromium on Linux reads. */
const certutil = process.platform === "linux" ? findProgram("certutil") : null;

let product: Product;
let plain: string;
let stranger: Browser;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "voxpilot-https-"));
  product = await startProduct({ words: ["demo", "--https"], hostName: machineName, scheme: "https" });
  plain = product.origin.replace("https:", "http:");
  stranger = await launchBrowser();
});

afterAll(async () => {
  await stranger?.close();
  await product?.stop();
  await rm(scratch, { recursive: true, force: true });
});

describe("before the authority is trusted", () => {
  test("the browser does not open the page over https", async () => {
    const { page, context } = await newPhone(stranger);
    await expect(page.goto(product.origin)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    await context.close();
  });

  test("the trust page loads over plain http on the same port, with what the terminal printed to compare", async () => {
    const { page, context, complaints, requests } = await newPhone(stranger);
    const response = await page.goto(`${plain}/trust`);
    expect(response?.status()).toBe(200);
    const [, start = "", end = ""] = /SHA-256 (\S+)\s+(\S+)/.exec(product.printed()) ?? [];
    expect(start).toMatch(/^[0-9A-F:]{47}$/);
    await page.getByText(`${start}:${end}`).waitFor();
    await screenshot(page, "trust");
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
    const links = await page
      .locator("a[href]")
      .evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    expect(links).toEqual(
      expect.arrayContaining(["/trust/ca.crt", "/trust/ca.mobileconfig", `${product.origin}/pair`]),
    );
    const statuses = await page.evaluate(async () => {
      const paths = ["/trust/ca.crt", "/trust/ca.mobileconfig"];
      return Promise.all(paths.map(async (path) => (await fetch(path)).status));
    });
    expect(statuses).toEqual([200, 200]);
    expect(requests.filter((address) => new URL(address).origin !== plain)).toEqual([]);
    // What Chromium says of every page over plain http.
    expect(
      complaints.filter((complaint) => !complaint.includes("Opener-Policy header has been ignored")),
    ).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  test("any other page over plain http is sent on to https", async () => {
    const { page, context } = await newPhone(stranger);
    await expect(page.goto(`${plain}/pair`)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    await context.close();
  });
});

/** A browser with a home of its own, whose store holds the authority as the trust page hands it out. */
async function trustingBrowser(): Promise<Browser> {
  const store = join(scratch, ".pki", "nssdb");
  await mkdir(store, { recursive: true });
  const file = join(scratch, "ca.crt");
  await writeFile(file, await (await fetch(`http://127.0.0.1:${new URL(plain).port}/trust/ca.crt`)).text());
  const run = (...words: string[]) => {
    const { status, stderr } = spawnSync(certutil ?? "", words, { encoding: "utf8" });
    if (status !== 0) throw new Error(`certutil ${words.join(" ")}: ${stderr}`);
  };
  run("-d", `sql:${store}`, "-N", "--empty-password");
  run("-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "voxpilot", "-i", file);
  return await chromium.launch({
    executablePath: ensureBrowser(),
    args: browserArguments,
    env: { ...process.env, HOME: scratch },
  });
}

test.runIf(certutil !== null)(
  "once Chromium has the authority in its store, a phone gets a secure context and a __Host- cookie",
  async () => {
    const browser = await trustingBrowser();
    const { page, context, complaints } = await newPhone(browser);
    await pairPhone(page, product);
    expect(await page.evaluate(() => [window.isSecureContext, location.origin])).toEqual([
      true,
      product.origin,
    ]);
    const cookies = await context.cookies();
    const [cookie] = cookies;
    expect(cookies).toHaveLength(1);
    expect({ ...cookie, value: "", expires: 0 }).toEqual({
      name: "__Host-voxpilot_device_demo",
      value: "",
      domain: machineName,
      path: "/",
      expires: 0,
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    });
    const device: unknown = await page.evaluate(async () => (await fetch("/api/device")).json());
    expect(device).toMatchObject({ server: { address: product.origin, https: true, notEncrypted: false } });
    expect(await page.evaluate(() => document.cookie)).toBe("");
    await screenshot(page, "https");
    // The first look of an unpaired browser is answered 401.
    expect(complaints.filter((complaint) => !complaint.includes("status of 401"))).toEqual([]);
    await context.close();
    await browser.close();
  },
);
