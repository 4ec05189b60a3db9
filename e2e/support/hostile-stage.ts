/** A browser before a product that is wished harm, and what may have become of the text that it was given. */
import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { launchBrowser } from "./browser.ts";
import { callApi, type HostileServer, startHostileServer } from "./hostile-server.ts";
import { fileNames, payloads } from "./payloads.ts";
import { pairByCode } from "./person.ts";
import { newPhone, type Phone } from "./phone.ts";

/** Every payload, one beneath the other. */
export const allPayloads = payloads.join("\n\n");

const waiting = { timeout: 20_000, interval: 50 };

export interface HostileStage {
  readonly browser: Browser;
  readonly server: HostileServer;
  /** A phone that is paired, closed with the test. */
  pairedPhone(options?: Parameters<typeof newPhone>[1]): Promise<Phone>;
  close(): Promise<void>;
}

/** Starts both; the project's files, its branch and the models' names are payloads. */
export async function startHostileStage(): Promise<HostileStage> {
  const browser = await launchBrowser();
  const server = await startHostileServer({
    branch: "<img/src=x/onerror=window.pwned=1>",
    models: payloads,
    files: { "payloads.txt": allPayloads, "names.txt": `${fileNames.join("\n")}\n` },
    errorBody: { error: { message: allPayloads, code: payloads[2] } },
  });
  return {
    browser,
    server,
    async pairedPhone(options = {}) {
      const phone = await newPhone(browser, options);
      onTestFinished(() => phone.context.close());
      await pairByCode(phone.page, server.product);
      return phone;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

interface SessionView {
  readonly state: string;
  readonly queue: readonly unknown[];
  readonly pending: readonly {
    requestId: string;
    digest: string;
    options: readonly { optionId: string; kind: string }[];
  }[];
}

/** Allows what is asked in a session, by the API, until its turn is over. */
export async function allowAll(page: Page, id: string): Promise<void> {
  const look = async () => (await callApi(page, `GET /api/sessions/${id}`)) as SessionView;
  for (let session = await look(); !isAtRest(session); session = await look()) {
    for (const { requestId, digest, options } of session.pending) {
      const optionId = options.find(({ kind }) => kind === "allow_once")?.optionId;
      await callApi(page, `POST /api/sessions/${id}/permissions/${requestId}`, { optionId, digest });
    }
    await expect
      .poll(async () => {
        const now = await look();
        return isAtRest(now) || now.pending.length > 0;
      }, waiting)
      .toBe(true);
  }
}

/** A prompt that was only just taken in waits in the queue until its turn is in the log. */
function isAtRest({ state, queue }: SessionView): boolean {
  return state === "idle" && queue.length === 0;
}

/** Opens everything in the transcript that opens, also what only a keyboard reaches. */
export async function openAll(page: Page): Promise<void> {
  const closed = page.getByRole("region", { name: "Transcript" }).locator('[aria-expanded="false"]');
  for (let opened = 0; opened < 40 && (await closed.count()) > 0; opened += 1)
    await closed
      .first()
      .evaluate((button) => button.dispatchEvent(new MouseEvent("click", { bubbles: true })));
}

/** What became of text that should have stayed text. */
export async function harm(page: Page, { complaints }: Pick<Phone, "complaints">) {
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

/** What `harm` finds where text stayed text. */
export const noHarm = { sentinel: null, elements: 0, links: 0, violations: [] };
