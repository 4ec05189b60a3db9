/** What may not happen: traffic to anywhere else, a broken policy, a change of the program itself. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../scripts/paths.mjs";
import { launchBrowser } from "./support/browser.ts";
import { allowNext, pair, startSession } from "./support/person.ts";
import { newPhone } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";

/** Loaded into the server before its own code: writes down every address that it connects to or looks up. */
const recorder = `
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import net from "node:net";
const write = (line) => appendFileSync(process.env.RECORDED_CONNECTIONS, line + "\\n");
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...words) {
  const [options] = Array.isArray(words[0]) ? words[0] : words;
  write(options.path ? "socket" : String(options.host ?? "127.0.0.1"));
  return connect.apply(this, words);
};
const { lookup } = dns;
dns.lookup = (name, ...rest) => {
  write("lookup " + name);
  return lookup(name, ...rest);
};
`;

let browser: Browser;
let product: Product;
let scratch: string;
let hashBefore: string;

async function hashOfProgram(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["backend/dist", "frontend/dist"]) {
    const names = await readdir(`${packageRoot}${folder}`, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of files.sort()) hash.update(path).update(await readFile(path));
  }
  return hash.digest("hex");
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "voxpilot-record-"));
  await writeFile(join(scratch, "recorder.mjs"), recorder);
  await writeFile(join(scratch, "connections"), "");
  hashBefore = await hashOfProgram();
  browser = await launchBrowser();
  product = await startProduct({
    words: ["demo"],
    environment: {
      NODE_OPTIONS: `--import=${pathToFileURL(join(scratch, "recorder.mjs"))}`,
      RECORDED_CONNECTIONS: join(scratch, "connections"),
    },
  });
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** The one thing that a browser complains of by itself: the first look at an unpaired server is answered 401. */
function isFirstLook(complaint: string): boolean {
  return (
    complaint === "console: Failed to load resource: the server responded with a status of 401 (Unauthorized)"
  );
}

test("SEC-09, WEB-15: a whole turn asks nobody but its own origin, breaks no policy and logs no error", async () => {
  const { page, context, complaints, requests } = await newPhone(browser);
  await pair(page, product);
  await startSession(page, "make the tests pass");
  while ((await allowNext(page)) !== null);
  await page.getByRole("button", { name: "Review" }).last().click();
  await page.getByRole("button", { name: "Next file" }).click();
  await page.getByText("Math.round(maxAge / 1000)").last().waitFor();
  await page.goto(`${product.origin}/settings`);
  await page.getByRole("heading").first().waitFor();
  await context.close();
  const foreign = requests.filter((address) => new URL(address).origin !== product.origin);
  expect({ foreign, complaints: complaints.filter((complaint) => !isFirstLook(complaint)) }).toEqual({
    foreign: [],
    complaints: [],
  });
  expect(complaints.filter(isFirstLook).length).toBeLessThanOrEqual(1);
}, 180_000);

test("SEC-09: the server itself reached nothing but this machine", async () => {
  const connections = new Set((await readFile(join(scratch, "connections"), "utf8")).trim().split("\n"));
  // It does talk to the scripted model, so an empty record would mean that nothing was recorded.
  expect([...connections]).toContain("127.0.0.1");
  const local = /^(socket|(lookup )?(127\.0\.0\.1|localhost|::1))$/;
  expect([...connections].filter((line) => !local.test(line))).toEqual([]);
});

test("SUP-05: running changed nothing of the program", async () => {
  expect(await hashOfProgram()).toBe(hashBefore);
});
