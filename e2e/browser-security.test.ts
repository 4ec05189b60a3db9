import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { callApi, modelKey, promptSession, startCanary } from "./support/hostile-server.ts";
import { allowAll, type HostileStage, startHostileStage } from "./support/hostile-stage.ts";
import { pair, turnEnd } from "./support/person.ts";
import { newPhone, type Phone } from "./support/phone.ts";

let stage: HostileStage;

beforeAll(async () => {
  stage = await startHostileStage();
});

afterAll(() => stage.close());

test("WEB-08: the page cannot be framed", async () => {
  const canary = await startCanary({
    "/": `<iframe src="${stage.server.product.origin}/" name="framed"></iframe>`,
  });
  onTestFinished(() => canary.close());
  const { page, context, complaints } = await newPhone(stage.browser);
  onTestFinished(() => context.close());
  await page.goto(canary.address);
  await expect.poll(() => complaints.join()).toMatch(/frame-ancestors|refused to display|X-Frame-Options/i);
  const framed = page.frame("framed");
  expect(await framed?.evaluate(() => document.body.textContent)).not.toContain("VoxPilot is private");
});

test("WEB-08: a question is answered by no click that a script made, and by none within half a second of its coming", async () => {
  stage.server.replies.set("ask me", {
    calls: [{ tool: "shell", arguments: { command: "touch answered" } }],
  });
  const { page } = await stage.pairedPhone();
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
  const id = await promptSession(page, stage.server.project, "ask me");
  await page.goto(`${stage.server.product.origin}/s/${id}`);
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

test("WEB-13: what one device decides stands on the other within a second, whose tap is told so", async () => {
  stage.server.replies.set("ask two", { calls: [{ tool: "shell", arguments: { command: "echo both" } }] });
  const [first, second] = [await stage.pairedPhone(), await stage.pairedPhone()];
  const id = await promptSession(first.page, stage.server.project, "ask two");
  const allow = async ({ page }: Phone) => {
    await page.goto(`${stage.server.product.origin}/s/${id}`);
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

  stage.server.replies.set("ask again", { calls: [{ tool: "shell", arguments: { command: "echo again" } }] });
  await second.page.unroute("**/permissions/**");
  const next = await promptSession(first.page, stage.server.project, "ask again");
  for (const { page } of [first, second]) {
    await page.goto(`${stage.server.product.origin}/s/${next}`);
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
  stage.server.replies.set("a story", {
    text: `The key is ${modelKey}.`,
    calls: [{ tool: "shell", arguments: { command: `echo ${modelKey}` } }],
  });
  const { page, context } = await newPhone(stage.browser);
  onTestFinished(() => context.close());
  await pair(page, { ...stage.server.product, pairingLink: await pairingLink() });
  const id = await promptSession(page, stage.server.project, "a story");
  await page.goto(`${stage.server.product.origin}/s/${id}`);
  await page.getByRole("textbox", { name: "Message" }).fill("a draft");
  await allowAll(page, id);
  await turnEnd(page).waitFor();
  for (const path of ["/", "/settings", `/s/${id}`]) {
    await page.goto(stage.server.product.origin + path);
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
  const [link = ""] = /http:\S+\/pair#\S+/.exec(await stage.server.product.command(["pair"])) ?? [];
  return link;
}

test("WEB-15: a message from another window changes nothing", async () => {
  const canary = await startCanary({ "/": "<p>other</p>" });
  onTestFinished(() => canary.close());
  const { page, context, complaints } = await stage.pairedPhone();
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
