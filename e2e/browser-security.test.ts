/** What a page must not do, whatever text it is given: run it, fetch for it, be framed, be clicked for, or keep secrets. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import {
  callApi,
  type HostileServer,
  modelKey,
  promptSession,
  startCanary,
  startHostileServer,
} from "./support/hostile-server.ts";
import { fileNames, inertAddresses, payloads, remoteContent, terminalSequences } from "./support/payloads.ts";
import { pair, pairByCode, turnEnd } from "./support/person.ts";
import { newPhone, type Phone, screenshot } from "./support/phone.ts";
import { findWebKit, launchWebKit } from "./support/webkit.ts";

const allPayloads = payloads.join("\n\n");

let browser: Browser;
let server: HostileServer;

beforeAll(async () => {
  browser = await launchBrowser();
  server = await startHostileServer({
    branch: "<img/src=x/onerror=window.pwned=1>",
    models: payloads,
    files: { "payloads.txt": allPayloads, "names.txt": `${fileNames.join("\n")}\n` },
    errorBody: { error: { message: allPayloads, code: payloads[2] } },
  });
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A phone that is paired, closed with the test. */
async function pairedPhone(options: Parameters<typeof newPhone>[1] = {}): Promise<Phone> {
  const phone = await newPhone(browser, options);
  onTestFinished(() => phone.context.close());
  await pairByCode(phone.page, server.product);
  return phone;
}

/** Allows what is asked in a session, by the API, until its turn is over. */
async function allowAll(page: Page, id: string): Promise<void> {
  for (;;) {
    const session = (await callApi(page, `GET /api/sessions/${id}`)) as {
      state: string;
      pending: { requestId: string; digest: string; options: { optionId: string; kind: string }[] }[];
    };
    if (session.state === "idle") return;
    for (const { requestId, digest, options } of session.pending) {
      const optionId = options.find(({ kind }) => kind === "allow_once")?.optionId;
      await callApi(page, `POST /api/sessions/${id}/permissions/${requestId}`, { optionId, digest });
    }
    await page.waitForTimeout(100);
  }
}

/** Opens everything in the transcript that opens, also what only a keyboard reaches. */
async function openAll(page: Page): Promise<void> {
  const closed = page.getByRole("region", { name: "Transcript" }).locator('[aria-expanded="false"]');
  for (let opened = 0; opened < 40 && (await closed.count()) > 0; opened += 1)
    await closed
      .first()
      .evaluate((button) => button.dispatchEvent(new MouseEvent("click", { bubbles: true })));
}

/** What became of text that should have stayed text. */
async function harm(page: Page, { complaints }: Pick<Phone, "complaints">) {
  const inPage = await page.evaluate(() => ({
    sentinel: (window as unknown as { pwned?: number }).pwned ?? null,
    elements: document.querySelectorAll(
      "script:not([src]), iframe, object, embed, video, audio, base, form, math, style, marquee, template, img:not([src^='/']):not([src^='blob:']), [onerror], [onload], [ontoggle], [onfocus], [srcdoc], [formaction], [background]",
    ).length,
    links: [...document.querySelectorAll("a")].filter(
      (link) => !/^(https?:|mailto:|\/|#main$)/.test(link.getAttribute("href") ?? "/"),
    ).length,
  }));
  const violations = complaints.filter((complaint) =>
    /policy violated|Content Security Policy|exception/.test(complaint),
  );
  return { ...inPage, violations };
}

const noHarm = { sentinel: null, elements: 0, links: 0, violations: [] };

/** The texts of one hostile session: said, thought, asked for, printed, and written as names of files. */
function hostileReply() {
  const command = `cat payloads.txt; while IFS= read -r name; do echo x > "$name"; done < names.txt # ${payloads[2]}`;
  return { reasoning: allPayloads, text: allPayloads, calls: [{ tool: "shell", arguments: { command } }] };
}

test("WEB-01: a script that was put into the page does not run, in line or from elsewhere", async () => {
  const { page, context } = await newPhone(browser);
  onTestFinished(() => context.close());
  const canary = await startCanary({ "/evil.js": "window.pwned=1" });
  onTestFinished(() => canary.close());
  const injected = `<script>window.pwned=1</script><script src="${canary.address}/evil.js"></script><script src="data:text/javascript,window.pwned=1"></script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1"></svg>`;
  await page.route(`${server.product.origin}/pair`, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("</body>", `${injected}</body>`);
    expect(body).toContain(injected);
    await route.fulfill({ response, body });
  });
  await page.goto(`${server.product.origin}/pair`);
  await page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor();
  const later = await page.evaluate(() => {
    const attempts: string[] = [];
    const attempt = (name: string, work: () => unknown): void => {
      try {
        work();
        attempts.push(`${name} went through`);
      } catch {
        // Refused, as it must be.
      }
    };
    attempt("markup", () => {
      document.body[("inner" + "HTML") as "innerText"] = "<img src=x onerror=window.pwned=1>";
    });
    attempt("script text", () => {
      const script = document.createElement("script");
      script.text = "window.pwned=1";
      document.head.append(script);
    });
    attempt("policy", () =>
      (
        window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
      ).trustedTypes.createPolicy("own", {}),
    );
    return { attempts, sentinel: (window as unknown as { pwned?: number }).pwned ?? null };
  });
  expect(later).toEqual({ attempts: [], sentinel: null });
  expect(canary.requests).toEqual([]);
});

test("WEB-02: what looks for harm finds it where there is some", async () => {
  const phone = await newPhone(browser, { bypassCSP: true });
  onTestFinished(() => phone.context.close());
  await phone.page.goto(`${server.product.origin}/pair`);
  await phone.page.getByRole("heading", { name: "This VoxPilot is private" }).waitFor();
  const before = await harm(phone.page, phone);
  await phone.page.evaluate(() => {
    const image = document.createElement("img");
    image.setAttribute("onerror", "window.pwned=1");
    image.src = "x";
    document.body.append(image);
    return new Promise((resolve) => image.addEventListener("error", resolve));
  });
  const after = await harm(phone.page, phone);
  expect([after.sentinel, after.elements - before.elements]).toEqual([1, 1]);
});

test("WEB-02: of two hundred payloads none becomes markup, in any field, in Chromium", async () => {
  expect(new Set(payloads).size).toBe(200);
  const phone = await pairedPhone();
  const { page } = phone;
  for (const [index, title] of payloads.entries())
    await callApi(page, "POST /api/sessions", {
      id: `title-${index}-xx`,
      project: server.project,
      title: title.slice(0, 200),
    });
  await page.goto(`${server.product.origin}/`);
  await page
    .getByText(payloads[199]?.slice(0, 40) ?? "")
    .first()
    .waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);

  const prompt = `${allPayloads}\n\nshow everything`;
  server.replies.set(prompt.trim(), hostileReply());
  const id = await promptSession(page, server.project, prompt);
  await page.goto(`${server.product.origin}/s/${id}`);
  await page.getByRole("region", { name: "Run this command?" }).waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);
  await allowAll(page, id);
  await turnEnd(page).waitFor();
  await openAll(page);
  expect(await harm(page, phone)).toEqual(noHarm);
  await screenshot(page, "payloads-session");
  await page.getByRole("button", { name: "Review" }).last().click();
  await page.waitForURL(/\/review/);
  await page
    .getByText(/^\d+-.*window\.pwned=1/)
    .last()
    .waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);

  const failing = await promptSession(page, server.project, "fail");
  await page.goto(`${server.product.origin}/s/${failing}`);
  const transcript = page.getByRole("region", { name: "Transcript" });
  await transcript.getByText("<script>window.pwned=1</script>").first().waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);

  await page
    .getByRole("button", { name: /^Model/ })
    .first()
    .click();
  await page
    .getByText(payloads[0] ?? "", { exact: true })
    .first()
    .waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);
}, 240_000);

const webKit = findWebKit();

test.runIf(webKit !== null)(
  "WEB-02: of two hundred payloads none becomes markup in WebKit",
  async () => {
    if (webKit === null) return;
    const phone = await pairedPhone();
    const prompt = `${allPayloads}\n\nshow it to WebKit`;
    server.replies.set(prompt.trim(), hostileReply());
    const id = await promptSession(phone.page, server.project, prompt);
    await allowAll(phone.page, id);
    const [, code] = /type the code (\S{9})/.exec(await server.product.command(["pair"])) ?? [];
    const other = await launchWebKit(webKit);
    onTestFinished(() => other.close());
    const shows = () =>
      expect.poll(
        () => other.run("return /onerror=window.pwned=1/.test(document.body.textContent)").catch(() => false),
        {
          timeout: 30_000,
        },
      );
    await other.open(`${server.product.origin}/pair#${code}`);
    // Paired, it goes on to the list of sessions, whose titles and commands are hostile.
    await shows().toBe(true);
    for (const path of ["/", `/s/${id}`]) {
      await other.open(server.product.origin + path);
      await shows().toBe(true);
      const result = await other.run(
        "return [window.pwned ?? null, document.querySelectorAll('script:not([src]), iframe, object, embed, video, [onerror], [onload]').length]",
      );
      expect([path, result]).toEqual([path, [null, 0]]);
    }
  },
  180_000,
);

test("WEB-03: whatever remote content a message has, nothing is fetched, and its host is shown", async () => {
  const canary = await startCanary();
  onTestFinished(() => canary.close());
  const contents = remoteContent(canary.address);
  server.replies.set("show pictures", {
    text: contents.join("\n\n"),
    calls: [{ tool: "shell", arguments: { command: "cat remote.html" } }],
  });
  await writeFile(join(server.project, "remote.html"), contents.join("\n"));
  const phone = await pairedPhone();
  const { page } = phone;
  const id = await promptSession(page, server.project, "show pictures");
  await allowAll(page, id);
  await page.goto(`${server.product.origin}/s/${id}`);
  await turnEnd(page).waitFor();
  await openAll(page);
  const host = new URL(canary.address).host;
  await page.getByText(host).first().waitFor();
  // What a page fetches by itself it asks for before it rests, and before this last request.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestIdleCallback(resolve));
    await fetch("/api/health");
  });
  expect(canary.requests).toEqual([]);
  expect(phone.requests.filter((address) => new URL(address).origin === canary.address)).toEqual([]);
  const placeholders = await page
    .getByRole("region", { name: "Transcript" })
    .evaluate((region, shown) => (region.textContent ?? "").split(shown).length - 1, host);
  expect(placeholders).toBeGreaterThan(contents.length);
});

test("WEB-04: of thirty odd addresses none leads anywhere, and a web address shows its host and tells nothing", async () => {
  expect(inertAddresses.length).toBe(30);
  const links = inertAddresses.flatMap((address, index) => [
    `[link ${index}](${address})`,
    `[link ${index}](<${address}>)`,
    `[link ${index}][r${index}]\n\n[r${index}]: ${address}`,
    `<${address}>`,
  ]);
  server.replies.set("show links", { text: [...links, "[good](https://example.org/there)"].join("\n\n") });
  const phone = await pairedPhone();
  const { page } = phone;
  const id = await promptSession(page, server.project, "show links");
  await allowAll(page, id);
  await page.goto(`${server.product.origin}/s/${id}`);
  await turnEnd(page).waitFor();
  const anchors = await page
    .getByRole("region", { name: "Transcript" })
    .locator("a")
    .evaluateAll((all) =>
      all.map((link) => [link.getAttribute("href"), link.getAttribute("rel"), link.textContent]),
    );
  const foreign = anchors.filter(([href]) => !href?.startsWith("https://example.org/"));
  expect(foreign).toEqual([]);
  expect(anchors.at(-1)).toEqual([
    "https://example.org/there",
    "noopener noreferrer",
    expect.stringContaining("good"),
  ]);
  expect(await page.getByText("(example.org)").count()).toBeGreaterThan(0);
  expect(await harm(page, phone)).toEqual(noHarm);
});

test("WEB-08: the page cannot be framed", async () => {
  const canary = await startCanary({
    "/": `<iframe src="${server.product.origin}/" name="framed"></iframe>`,
  });
  onTestFinished(() => canary.close());
  const { page, context, complaints } = await newPhone(browser);
  onTestFinished(() => context.close());
  await page.goto(canary.address);
  await expect.poll(() => complaints.join()).toMatch(/frame-ancestors|refused to display|X-Frame-Options/i);
  const framed = page.frame("framed");
  expect(await framed?.evaluate(() => document.body.textContent)).not.toContain("VoxPilot is private");
});

test("WEB-08: a question is answered by no click that a script made, and by none within half a second of its coming", async () => {
  server.replies.set("ask me", { calls: [{ tool: "shell", arguments: { command: "touch answered" } }] });
  const { page } = await pairedPhone();
  // Presses the button in the very frame in which it comes and in every other, and notes for how long it was inert.
  await page.addInitScript(() => {
    const seen = { cameAt: 0, activeAt: 0 };
    Object.assign(window, { seen });
    const press = (now: number): void => {
      requestAnimationFrame(press);
      const buttons = [...document.querySelectorAll("button")];
      const found = buttons.find((button) => button.textContent === "Allow once");
      if (found === undefined) return;
      if (seen.cameAt === 0) seen.cameAt = now;
      if (seen.activeAt === 0 && found.ariaDisabled !== "true") seen.activeAt = now;
      found.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      found.click();
    };
    requestAnimationFrame(press);
  });
  const id = await promptSession(page, server.project, "ask me");
  await page.goto(`${server.product.origin}/s/${id}`);
  const allow = page.getByRole("button", { name: "Allow once" });
  await allow.waitFor();
  expect(await allow.evaluate((button) => button === document.activeElement)).toBe(false);
  const inertForMs = () =>
    page.evaluate(() => {
      const { seen } = window as unknown as { seen: { cameAt: number; activeAt: number } };
      return seen.activeAt - seen.cameAt;
    });
  // A frame may come a little before the half second is measured from.
  await expect.poll(inertForMs, { timeout: 10_000 }).toBeGreaterThan(450);
  const session = (await callApi(page, `GET /api/sessions/${id}`)) as { pending: unknown[] };
  expect(session.pending.length).toBe(1);
  const place = await allow.boundingBox();
  if (place === null) throw new Error("The button has no place.");
  await page.touchscreen.tap(place.x + place.width / 2, place.y + place.height / 2);
  await turnEnd(page).waitFor();
});

test("WEB-09: forty terminal sequences change neither the clipboard nor the title, and their text stays", async () => {
  expect(terminalSequences.length).toBe(40);
  const text = terminalSequences
    .map((sequence, index) => `before${index} ${sequence} after${index}`)
    .join("\n");
  await writeFile(join(server.project, "terminal.txt"), text);
  server.replies.set("print it", {
    text: `\`\`\`\n${text}\n\`\`\``,
    calls: [{ tool: "shell", arguments: { command: "cat terminal.txt" } }],
  });
  const phone = await pairedPhone();
  const { page, context } = phone;
  await context.grantPermissions(["clipboard-read", "clipboard-write", "notifications"]);
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  const id = await promptSession(page, server.project, "print it");
  await allowAll(page, id);
  await page.goto(`${server.product.origin}/s/${id}`);
  await turnEnd(page).waitFor();
  await openAll(page);
  await page.getByText("after39").first().waitFor();
  const found = await page.evaluate(async () => ({
    clipboard: await navigator.clipboard.readText(),
    title: document.title,
    text: document.querySelector(".output-text")?.textContent ?? "",
  }));
  expect([found.clipboard, found.title.includes("stolen")]).toEqual(["mine", false]);
  const missing = terminalSequences.flatMap((_, index) =>
    [`before${index} `, ` after${index}`].filter((word) => !found.text.includes(word)),
  );
  expect(missing).toEqual([]);
  expect(found.text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g)).toBeNull();
  expect(await harm(page, phone)).toEqual(noHarm);
});

test("WEB-10: what hides in a command stands written out in the question", async () => {
  const command = "echo safe \u202e# \u200brm -rf \u{e0041}/tmp/x\u00a0; p\u0430ypal";
  server.replies.set("hide something", { calls: [{ tool: "shell", arguments: { command } }] });
  const { page } = await pairedPhone();
  const id = await promptSession(page, server.project, "hide something");
  await page.goto(`${server.product.origin}/s/${id}`);
  const card = page.getByRole("region", { name: "Run this command?" });
  await card.waitFor();
  const shown = await card.textContent();
  for (const code of ["<U+202E>", "<U+200B>", "<U+E0041>", "<U+00A0>", "<U+0430>"])
    expect(shown).toContain(code);
  await screenshot(page, "hidden-characters");
  await callApi(page, `POST /api/sessions/${id}/cancel`, {});
});

test("WEB-13: what one device decides stands on the other within a second, whose tap is told so", async () => {
  server.replies.set("ask two", { calls: [{ tool: "shell", arguments: { command: "echo both" } }] });
  const [first, second] = [await pairedPhone(), await pairedPhone()];
  const id = await promptSession(first.page, server.project, "ask two");
  const allow = async ({ page }: Phone) => {
    await page.goto(`${server.product.origin}/s/${id}`);
    const button = page.locator('button:not([aria-disabled="true"])', { hasText: /^Allow once$/ });
    await button.waitFor();
    return button;
  };
  const [one, other] = [await allow(first), await allow(second)];
  // The second device hears nothing of it before its own tap.
  await second.page.route("**/permissions/**", async (route) => {
    await one.click();
    await first.page
      .getByText(/Allowed once/)
      .first()
      .waitFor();
    await route.continue();
  });
  const answered = second.page.waitForResponse("**/permissions/**");
  await other.click();
  const answer = await answered;
  expect([answer.status(), (await answer.json()).code]).toEqual([409, "permission_decided"]);
  await second.page
    .getByText(/Allowed once/)
    .first()
    .waitFor();
  await turnEnd(second.page).waitFor();

  server.replies.set("ask again", { calls: [{ tool: "shell", arguments: { command: "echo again" } }] });
  await second.page.unroute("**/permissions/**");
  const next = await promptSession(first.page, server.project, "ask again");
  for (const { page } of [first, second]) {
    await page.goto(`${server.product.origin}/s/${next}`);
    await page.locator('button:not([aria-disabled="true"])', { hasText: /^Allow once$/ }).waitFor();
  }
  const gone = second.page.getByRole("button", { name: "Allow once" }).waitFor({ state: "hidden" });
  await first.page.getByRole("button", { name: "Allow once" }).click();
  await first.page.getByRole("button", { name: "Allow once" }).waitFor({ state: "hidden" });
  const decidedAtMs = performance.now();
  await gone;
  expect(performance.now() - decidedAtMs).toBeLessThan(1_000);
});

test("WEB-14: after a whole story no storage that script can read holds a secret", async () => {
  server.replies.set("a story", {
    text: `The key is ${modelKey}.`,
    calls: [{ tool: "shell", arguments: { command: `echo ${modelKey}` } }],
  });
  const { page, context } = await newPhone(browser);
  onTestFinished(() => context.close());
  await pair(page, { ...server.product, pairingLink: await pairingLink() });
  const id = await promptSession(page, server.project, "a story");
  await page.goto(`${server.product.origin}/s/${id}`);
  await page.getByRole("textbox", { name: "Message" }).fill("a draft");
  await allowAll(page, id);
  await turnEnd(page).waitFor();
  for (const path of ["/", "/settings", `/s/${id}`]) {
    await page.goto(server.product.origin + path);
    await page.getByRole("button").first().waitFor();
  }
  // It is shown, and what is shown is not the key.
  await page.getByText("‹redacted: model key›").first().waitFor();
  const dump = await page.evaluate(async () => {
    const databases: string[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const request = database.transaction(store).objectStore(store).getAll();
        const rows = await new Promise((resolve) => {
          request.onsuccess = () => resolve(request.result);
        });
        databases.push(JSON.stringify([name, store, rows]));
      }
    }
    const cached: string[] = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
    return JSON.stringify({
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      name: window.name,
      history: history.state,
      databases,
      cached,
    });
  });
  const cookies = await context.cookies();
  expect(cookies.map(({ name, httpOnly }) => [name, httpOnly])).toEqual([["voxpilot_device", true]]);
  expect(dump.length).toBeGreaterThan(50);
  for (const secret of [modelKey, ...cookies.map(({ value }) => value)]) expect(dump).not.toContain(secret);
});

async function pairingLink(): Promise<string> {
  const [link = ""] = /http:\S+\/pair#\S+/.exec(await server.product.command(["pair"])) ?? [];
  return link;
}

test("WEB-15: a message from another window changes nothing", async () => {
  const canary = await startCanary({ "/": "<p>other</p>" });
  onTestFinished(() => canary.close());
  const { page, context, complaints } = await pairedPhone();
  const opened = context.waitForEvent("page");
  await page.evaluate((address) => void window.open(address), canary.address);
  const other = await opened;
  await other.waitForLoadState();
  // The opener's policy cuts the two apart: there is nobody to send to.
  expect(await other.evaluate(() => window.opener === null)).toBe(true);
  const before = await page.evaluate(() => document.body.textContent);
  await page.evaluate(() => {
    const data = {
      type: "navigate",
      path: "/settings",
      token: "x",
      html: "<img src=x onerror=window.pwned=1>",
    };
    window.dispatchEvent(new MessageEvent("message", { data, origin: "https://evil.example" }));
    window.postMessage(data, "*");
  });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(await page.evaluate(() => document.body.textContent)).toBe(before);
  expect(complaints.filter((complaint) => complaint.startsWith("exception"))).toEqual([]);
});
