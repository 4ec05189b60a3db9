/** A phone-sized real browser, and what went wrong in it. */
import { mkdir } from "node:fs/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface PhoneOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Only for injecting a checker; the page's own policy is tested where this is off. */
  readonly bypassCSP?: boolean;
}

export interface Phone {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught exceptions and violations of the content security policy, in order. */
  readonly complaints: readonly string[];
  /** Every address that was asked for. */
  readonly requests: readonly string[];
}

/** A fresh phone: no cookies, no storage. Close its context when done. */
export async function newPhone(browser: Browser, options: PhoneOptions = {}): Promise<Phone> {
  const { colorScheme = "light", width = 390, height = 844, bypassCSP = false } = options;
  const isTouch = width < 1024;
  const context = await browser.newContext({
    viewport: { width, height },
    hasTouch: isTouch,
    isMobile: isTouch,
    deviceScaleFactor: isTouch ? 2 : 1,
    colorScheme,
    bypassCSP,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  context.on("request", (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { page, context, complaints, requests };
}

/** Keeps a picture in the folder named by VOXPILOT_TEST_SCREENSHOTS; does nothing when it is not set. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.VOXPILOT_TEST_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
