/** Who comes in, and how: by link, code, GitHub's two flows; what a limited device sees; proof, and being signed out. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../backend/test/support/fake-github.ts";
import { violations } from "./support/axe.ts";
import { launchBrowser, machineName } from "./support/browser.ts";
import { pairByCode, startSession } from "./support/person.ts";
import { newPhone, type Phone, type PhoneOptions, screenshot } from "./support/phone.ts";
import { type Product, startProduct } from "./support/product.ts";
import { type ServerClock, serverClock } from "./support/server-clock.ts";

let browser: Browser;
let gitHub: FakeGitHub;
let product: Product;
let clock: ServerClock;
let open: Phone[] = [];

beforeAll(async () => {
  clock = await serverClock();
  gitHub = await startFakeGitHub();
  gitHub.interval = 1;
  gitHub.users.push({ id: 2, login: "hubot", name: null, avatar_url: "" });
  browser = await launchBrowser();
  product = await startProduct({
    words: ["demo"],
    hostName: machineName,
    environment: {
      VOXPILOT_GITHUB_URL: gitHub.baseUrl,
      VOXPILOT_GITHUB_CLIENT_ID: gitHub.clientId,
      VOXPILOT_GITHUB_CLIENT_SECRET: gitHub.clientSecret,
      VOXPILOT_GITHUB_ALLOWED_LOGINS: "octocat",
      ...clock.environment,
    },
  });
});

afterEach(async () => {
  gitHub.signedIn = "octocat";
  await clock.turnAhead(0);
  for (const { context } of open) await context.close();
  open = [];
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await gitHub.close();
  await clock.remove();
});

async function phone(options: PhoneOptions = {}): Promise<Page> {
  const made = await newPhone(browser, options);
  open.push(made);
  return made.page;
}

function laptop(options: PhoneOptions = {}): Promise<Page> {
  return phone({ width: 1440, height: 900, ...options });
}

function home(page: Page): Locator {
  return page.getByRole("button", { name: "New session" }).first();
}

/** A link for another device, made on the page of a full one, by what it may do. */
async function linkFrom(page: Page, rights: "Everything" | "Decide and write" | "Read"): Promise<string> {
  await page.goto(`${product.origin}/settings/devices`);
  await page.getByRole("button", { name: "Pair another" }).click();
  await page.getByRole("button", { name: new RegExp(`^${rights}`) }).click();
  const link = await page.getByRole("img", { name: /\/pair#/ }).getAttribute("aria-label");
  if (link === null) throw new Error("The QR code has no name.");
  return link;
}

async function pairByLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Pair", exact: true }).click();
  await page.getByRole("heading", { name: "VoxPilot" }).waitFor();
}

/** What this browser is answered when it asks itself; only it knows the machine's name. */
async function read(page: Page, path: string): Promise<{ status: number; name?: string }> {
  return await page.evaluate(async (address) => {
    const response = await fetch(address);
    return { ...(await response.json()), status: response.status };
  }, path);
}

async function rename(page: Page, name: string): Promise<void> {
  await page.goto(`${product.origin}/settings/devices`);
  await page.getByRole("button", { name: /This one/ }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Name").press("Enter");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).waitFor();
  await page.goto(product.origin);
}

test("a phone comes in by the QR code that a laptop shows, and the code leaves no trace in the address", async () => {
  const [other, own] = [await laptop(), await phone()];
  await pairByCode(other, product);
  const link = await linkFrom(other, "Everything");
  await screenshot(other, "pair-another");
  await own.goto(link);
  await own.getByRole("heading", { name: /^Pair this/ }).waitFor();
  expect(own.url()).toBe(`${product.origin}/pair`);
  await own.getByRole("button", { name: "Pair", exact: true }).click();
  await home(own).waitFor();
  expect(own.url()).toBe(`${product.origin}/`);
}, 120_000);

test("a phone comes in by the code that is typed, and a wrong one says so and stays", async () => {
  const page = await phone();
  await page.goto(`${product.origin}/pair`);
  const field = page.getByLabel("Code", { exact: true });
  await field.fill("AAAA2222");
  await page.getByText("That code is not known.").waitFor();
  expect(await field.inputValue()).toBe("AAAA-2222");
  await pairByCode(page, product);
  expect(page.url()).toBe(`${product.origin}/`);
}, 120_000);

test("a phone comes in by GitHub's device flow, also when it threw the page away meanwhile", async () => {
  const page = await phone();
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("button", { name: "Sign in with a GitHub code" }).click();
  const code = page.getByText(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
  const shown = await code.innerText();
  const link = page.getByRole("link", { name: /^Open / });
  expect([await link.getAttribute("href"), await link.getAttribute("rel")]).toEqual([
    `${gitHub.baseUrl}/login/device`,
    "noopener noreferrer",
  ]);
  await screenshot(page, "device-flow");
  await page.reload();
  expect(await code.innerText()).toBe(shown);
  gitHub.approve(shown);
  await home(page).waitFor();
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("gho_");
}, 120_000);

test("a device flow that was denied says so, and begins anew on a tap", async () => {
  const page = await phone();
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("button", { name: "Sign in with a GitHub code" }).click();
  const code = page.getByText(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
  const first = await code.innerText();
  gitHub.deny(first);
  await page.getByText("It was cancelled on GitHub. Nobody was signed in.").waitFor();
  await page.getByRole("button", { name: "New code" }).click();
  const second = await code.innerText();
  expect(second).not.toBe(first);
  gitHub.approve(second, "hubot");
  await page.getByText(/is not let in here\./).waitFor();
}, 120_000);

test("a phone comes in by GitHub's own page", async () => {
  const page = await phone();
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("link", { name: "Sign in with GitHub instead" }).click();
  await home(page).waitFor();
  expect(page.url()).toBe(`${product.origin}/`);
  await page.goto(`${product.origin}/settings/github`);
  await page.getByText("octocat · The Octocat").waitFor();
  await screenshot(page, "github");
  await page.getByRole("button", { name: "Sign out of GitHub" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out of GitHub" }).click();
  await page.getByRole("heading", { name: "Pair again" }).or(page.getByText("is private")).waitFor();
}, 120_000);

test("a stranger who signs in honestly reads one sentence, and is not in", async () => {
  const page = await phone();
  gitHub.signedIn = "hubot";
  await page.goto(`${product.origin}/pair`);
  await page.getByRole("link", { name: "Sign in with GitHub instead" }).click();
  await page.getByText("hubot is not let in here.").waitFor();
  expect((await read(page, "/api/sessions")).status).toBe(401);
}, 120_000);

test("NET-21: a phone that a laptop signs out is out at once, and keeps what was not sent", async () => {
  const [other, own] = [await laptop(), await phone()];
  await pairByCode(other, product);
  await rename(other, "laptop");
  await pairByCode(own, product);
  await rename(own, "lost phone");
  await home(own).click();
  await own.getByRole("dialog").getByRole("textbox").fill("a thought that is not sent");
  await other.goto(`${product.origin}/settings/devices`);
  await other.getByRole("button", { name: /^lost phone/ }).click();
  await other.getByRole("button", { name: "Revoke lost phone" }).click();
  await own.getByText(/was signed out by laptop at .*\. Drafts are kept\./).waitFor();
  expect(await own.getByRole("dialog").count()).toBe(0);
  await own.getByRole("heading", { name: "Pair again" }).waitFor();
  await screenshot(own, "signed-out");
  expect(await own.evaluate(() => JSON.stringify({ ...localStorage }))).toContain(
    "a thought that is not sent",
  );
  await pairByCode(own, product);
  await home(own).click();
  expect(await own.getByRole("dialog").getByRole("textbox").inputValue()).toBe("a thought that is not sent");
}, 120_000);

test("a device that may only read sees the question without its buttons, and no settings of the machine", async () => {
  const [other, own] = [await laptop(), await phone()];
  await pairByCode(other, product);
  await pairByLink(own, await linkFrom(other, "Read"));
  await other.goto(product.origin);
  await startSession(other, "make the tests pass");
  await other.getByRole("button", { name: "Allow once" }).first().waitFor({ timeout: 45_000 });
  await own
    .getByText(/^This (phone|tablet|computer) may only read/)
    .first()
    .waitFor();
  expect(await own.getByRole("button", { name: /^(Allow|Deny)/ }).count()).toBe(0);
  for (const section of ["devices", "reach", "audit"]) {
    await own.goto(`${product.origin}/settings/${section}`);
    await own.getByText(/may read, not change settings\./).waitFor();
  }
  await screenshot(own, "read-only");
}, 120_000);

test("NET-23: letting another device do everything asks for proof, and goes on by itself once it is given", async () => {
  const page = await phone();
  await pairByCode(page, product);
  await clock.turnAhead(6 * 60_000);
  await page.goto(`${product.origin}/settings/devices`);
  await page.getByRole("button", { name: "Pair another" }).click();
  await page.getByRole("button", { name: /^Everything/ }).click();
  const sheet = page.getByRole("dialog", { name: "Show that it is you" });
  await sheet.waitFor();
  await screenshot(page, "proof");
  // Closing it is an answer too: nothing is made, and the page stays signed in.
  await sheet.getByRole("button", { name: "Close" }).click();
  await page.getByText("Nothing was changed: it was not shown that it is you.").waitFor();
  await page.getByRole("button", { name: /^Everything/ }).click();
  const [code] = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(await product.command(["pair"])) ?? [];
  await sheet.getByLabel("Code", { exact: true }).fill(code ?? "");
  await page.getByRole("img", { name: /\/pair#/ }).waitFor();
  expect(await sheet.count()).toBe(0);
}, 120_000);

test("NET-23: an allowed GitHub login is proof as well", async () => {
  const page = await phone();
  await pairByCode(page, product);
  await clock.turnAhead(6 * 60_000);
  await page.goto(`${product.origin}/settings/devices`);
  await page.getByRole("button", { name: "Pair another" }).click();
  await page.getByRole("button", { name: /^Everything/ }).click();
  const sheet = page.getByRole("dialog", { name: "Show that it is you" });
  await sheet.getByRole("button", { name: "Sign in with a GitHub code" }).click();
  gitHub.approve(await sheet.getByText(/^[0-9A-F]{4}-[0-9A-F]{4}$/).innerText());
  await page.getByRole("img", { name: /\/pair#/ }).waitFor();
}, 120_000);

test("Auto asks for a hold and an end, says what is left, and can be held by two key presses", async () => {
  const page = await phone();
  await pairByCode(page, product);
  await startSession(page, "make the tests pass");
  await page.getByRole("button", { name: "Allow once" }).first().waitFor({ timeout: 45_000 });
  const chip = page.getByRole("button", { name: /^Mode:/ });
  await chip.click();
  await page.getByRole("button", { name: /^Auto/ }).click();
  const held = page.getByRole("button", { name: "Hold to let it work alone" });
  await held.click();
  expect(await chip.innerText()).toBe("Ask");
  await screenshot(page, "auto");
  const box = await held.boundingBox();
  if (box === null) throw new Error("The button is not to be seen.");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.getByRole("button", { name: "Mode: Auto · 20 m" }).waitFor();
  await page.mouse.up();
  await page.getByRole("button", { name: "Mode: Auto · 20 m" }).click();
  await page.getByRole("button", { name: /^Auto/ }).click();
  await page.getByRole("radio", { name: "1 hour" }).check();
  await held.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Confirm: let it work alone" }).press("Enter");
  await page.getByRole("button", { name: "Mode: Auto · 1 h" }).waitFor();
}, 120_000);

test("NET-08: plain http beyond this machine is named on the page, with the next step", async () => {
  const page = await phone();
  await pairByCode(page, product);
  await page.getByRole("link", { name: "Not encrypted" }).click();
  await page.getByText("npx voxpilot --lan --https").waitFor();
  expect(page.url()).toBe(`${product.origin}/settings/reach`);
  await page.getByRole("button", { name: new RegExp(`QR code of ${product.origin}`) }).waitFor();
}, 120_000);

test("the record says who came in, one kind alone and as a file", async () => {
  const page = await phone();
  await pairByCode(page, product);
  await page.goto(`${product.origin}/settings/audit`);
  await page
    .getByText(`${(await read(page, "/api/device")).name} was paired by a code: Everything`)
    .first()
    .waitFor();
  const rows = page.getByRole("listitem");
  await rows.filter({ hasText: "A code was made: Everything" }).first().waitFor();
  await page.getByLabel("Show").selectOption("Devices paired");
  await rows.filter({ hasText: "A code was made" }).first().waitFor({ state: "detached" });
  expect(await rows.count()).toBe(await rows.filter({ hasText: "was paired" }).count());
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("voxpilot-audit.jsonl");
}, 120_000);

test.each(["light", "dark"] as const)(
  "the trust page, over plain http and in %s, shows the fingerprint of the terminal and asks for nothing else",
  async (colorScheme) => {
    const secure = await startProduct({ words: ["demo", "--https"] });
    try {
      const made = await newPhone(browser, { colorScheme, bypassCSP: true });
      open.push(made);
      const { page, requests } = made;
      const plain = secure.origin.replace("https:", "http:");
      await page.goto(`${plain}/trust`);
      const shown = (await page.locator(".fingerprint").innerText()).trim();
      const [, start = "", end = ""] = /SHA-256 (\S+)\s+(\S+)/.exec(secure.printed()) ?? [];
      expect(shown).toBe(`${start}:${end}`);
      await page.getByRole("link", { name: "Download the certificate" }).first().waitFor();
      expect(await page.getByRole("link", { name: `Open ${secure.origin}` }).getAttribute("href")).toBe(
        `${secure.origin}/pair`,
      );
      const calls = requests
        .map((address) => address.replace(plain, ""))
        .filter((path) => path.startsWith("/api/"));
      expect(calls).toEqual(["/api/trust"]);
      expect(await violations(page)).toEqual([]);
      await screenshot(page, `trust-steps-${colorScheme}`);
    } finally {
      await secure.stop();
    }
  },
  120_000,
);

test.each(["light", "dark"] as const)(
  "axe finds nothing on the screens of who may come in, in %s",
  async (colorScheme) => {
    const page = await phone({ colorScheme, bypassCSP: true });
    const found: Record<string, readonly string[]> = {};
    const check = async (screen: string, shown: Locator): Promise<void> => {
      await shown.first().waitFor();
      const wrong = await violations(page);
      if (wrong.length > 0) found[screen] = wrong;
      await screenshot(page, `${screen}-${colorScheme}`);
    };
    await page.goto(`${product.origin}/trust`);
    await check("trust", page.getByRole("heading", { name: /^Trust/ }));
    await page.goto(`${product.origin}/pair`);
    await check("pair", page.getByRole("link", { name: "Sign in with GitHub instead" }));
    await page.getByRole("button", { name: "Use a token" }).click();
    await page.getByLabel("GitHub token").fill("ghp_not_a_token");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await check("token", page.getByText("GitHub does not take that token."));
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Sign in with a GitHub code" }).click();
    await check("device-flow", page.getByRole("button", { name: "Copy code" }));
    await page.getByRole("button", { name: "Cancel" }).click();
    await pairByCode(page, product);
    for (const section of ["devices", "github", "reach", "audit"]) {
      await page.goto(`${product.origin}/settings/${section}`);
      await check(section, page.locator(".settings-section > *"));
    }
    await page.goto(`${product.origin}/settings/devices`);
    await page.getByRole("button", { name: "Pair another" }).click();
    await check("rights", page.getByText("What may the other device do?"));
    await page.getByRole("button", { name: /^Decide and write/ }).click();
    await check("code", page.getByRole("img", { name: /\/pair#/ }));
    await page.getByRole("button", { name: "Close" }).click();
    await clock.turnAhead(6 * 60_000);
    await page.getByRole("button", { name: "Pair another" }).click();
    await page.getByRole("button", { name: /^Everything/ }).click();
    await check("proof", page.getByRole("dialog", { name: "Show that it is you" }));
    expect(found).toEqual({});
  },
  180_000,
);
