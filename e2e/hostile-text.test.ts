/** What becomes of hostile text on the page: it is shown, and does nothing. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { callApi, promptSession, startCanary } from "./support/hostile-server.ts";
import {
  allowAll,
  allPayloads,
  type HostileStage,
  harm,
  noHarm,
  openAll,
  startHostileStage,
} from "./support/hostile-stage.ts";
import { inertAddresses, payloads, remoteContent, terminalSequences } from "./support/payloads.ts";
import { turnEnd } from "./support/person.ts";
import { newPhone, screenshot } from "./support/phone.ts";
import { findWebKit, launchWebKit } from "./support/webkit.ts";

let stage: HostileStage;

beforeAll(async () => {
  stage = await startHostileStage();
});

afterAll(() => stage.close());

/** The texts of one hostile session: said, thought, asked for, printed, and written as names of files. */
function hostileReply() {
  const command = `cat payloads.txt; while IFS= read -r name; do echo x > "$name"; done < names.txt # ${payloads[2]}`;
  return { reasoning: allPayloads, text: allPayloads, calls: [{ tool: "shell", arguments: { command } }] };
}

test("WEB-01: a script that was put into the page does not run, in line or from elsewhere", async () => {
  const { page, context } = await newPhone(stage.browser);
  onTestFinished(() => context.close());
  const canary = await startCanary({ "/evil.js": "window.pwned=1" });
  onTestFinished(() => canary.close());
  const injected = `<script>window.pwned=1</script><script src="${canary.address}/evil.js"></script><script src="data:text/javascript,window.pwned=1"></script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1"></svg>`;
  await page.route(`${stage.server.product.origin}/pair`, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("</body>", `${injected}</body>`);
    expect(body).toContain(injected);
    await route.fulfill({ response, body });
  });
  await page.goto(`${stage.server.product.origin}/pair`);
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
  const phone = await newPhone(stage.browser, { bypassCSP: true });
  onTestFinished(() => phone.context.close());
  await phone.page.goto(`${stage.server.product.origin}/pair`);
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
  const phone = await stage.pairedPhone();
  const { page } = phone;
  for (const [index, title] of payloads.entries())
    await callApi(page, "POST /api/sessions", {
      id: `title-${index}-xx`,
      project: stage.server.project,
      title: title.slice(0, 200),
    });
  await page.goto(`${stage.server.product.origin}/`);
  await page
    .getByText(payloads[199]?.slice(0, 40) ?? "")
    .first()
    .waitFor();
  expect(await harm(page, phone)).toEqual(noHarm);

  const prompt = `${allPayloads}\n\nshow everything`;
  stage.server.replies.set(prompt.trim(), hostileReply());
  const id = await promptSession(page, stage.server.project, prompt);
  await page.goto(`${stage.server.product.origin}/s/${id}`);
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

  const failing = await promptSession(page, stage.server.project, "fail");
  await page.goto(`${stage.server.product.origin}/s/${failing}`);
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
    const phone = await stage.pairedPhone();
    const prompt = `${allPayloads}\n\nshow it to WebKit`;
    stage.server.replies.set(prompt.trim(), hostileReply());
    const id = await promptSession(phone.page, stage.server.project, prompt);
    await allowAll(phone.page, id);
    const [, code] = /type the code (\S{9})/.exec(await stage.server.product.command(["pair"])) ?? [];
    const other = await launchWebKit(webKit);
    onTestFinished(() => other.close());
    const shows = () =>
      expect.poll(
        () => other.run("return /onerror=window.pwned=1/.test(document.body.textContent)").catch(() => false),
        {
          timeout: 30_000,
        },
      );
    await other.open(`${stage.server.product.origin}/pair#${code}`);
    // Paired, it goes on to the list of sessions, whose titles and commands are hostile.
    await shows().toBe(true);
    for (const path of ["/", `/s/${id}`]) {
      await other.open(stage.server.product.origin + path);
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
  stage.server.replies.set("show pictures", {
    text: contents.join("\n\n"),
    calls: [{ tool: "shell", arguments: { command: "cat remote.html" } }],
  });
  await writeFile(join(stage.server.project, "remote.html"), contents.join("\n"));
  const phone = await stage.pairedPhone();
  const { page } = phone;
  const id = await promptSession(page, stage.server.project, "show pictures");
  await allowAll(page, id);
  await page.goto(`${stage.server.product.origin}/s/${id}`);
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
  stage.server.replies.set("show links", {
    text: [...links, "[good](https://example.org/there)"].join("\n\n"),
  });
  const phone = await stage.pairedPhone();
  const { page } = phone;
  const id = await promptSession(page, stage.server.project, "show links");
  await allowAll(page, id);
  await page.goto(`${stage.server.product.origin}/s/${id}`);
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

test("WEB-09: forty terminal sequences change neither the clipboard nor the title, and their text stays", async () => {
  expect(terminalSequences.length).toBe(40);
  const text = terminalSequences
    .map((sequence, index) => `before${index} ${sequence} after${index}`)
    .join("\n");
  await writeFile(join(stage.server.project, "terminal.txt"), text);
  stage.server.replies.set("print it", {
    text: `\`\`\`\n${text}\n\`\`\``,
    calls: [{ tool: "shell", arguments: { command: "cat terminal.txt" } }],
  });
  const phone = await stage.pairedPhone();
  const { page, context } = phone;
  await context.grantPermissions(["clipboard-read", "clipboard-write", "notifications"]);
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  const id = await promptSession(page, stage.server.project, "print it");
  await allowAll(page, id);
  await page.goto(`${stage.server.product.origin}/s/${id}`);
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
  stage.server.replies.set("hide something", { calls: [{ tool: "shell", arguments: { command } }] });
  const { page } = await stage.pairedPhone();
  const id = await promptSession(page, stage.server.project, "hide something");
  await page.goto(`${stage.server.product.origin}/s/${id}`);
  const card = page.getByRole("region", { name: "Run this command?" });
  await card.waitFor();
  const shown = await card.textContent();
  for (const code of ["<U+202E>", "<U+200B>", "<U+E0041>", "<U+00A0>", "<U+0430>"])
    expect(shown).toContain(code);
  await screenshot(page, "hidden-characters");
  await callApi(page, `POST /api/sessions/${id}/cancel`, {});
});
