/** What a person on a phone waits for: a long session to be readable, and their own letters while an answer streams. */
import type { BrowserContext, CDPSession, Locator, Page } from "playwright-core";
import { launchBrowser } from "../e2e/support/browser.ts";
import { pair } from "../e2e/support/person.ts";
import { startBenchModel } from "./support/bench-model.ts";
import { type BenchProduct, startBenchProduct } from "./support/bench-product.ts";
import { longSessionId, writeLongSession } from "./support/long-session.ts";
import { pageProbe } from "./support/page-probe.ts";
import { median, percentile } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const entries = 5_000;
/** A phone's processor against this machine's. */
const slowdown = 4;
const viewport = { width: 390, height: 844 };
/** The browser's own bars, whose height a headless window takes from what it shows of the page. */
const barsHeight = 256;
const opens = 7;
const streams = 3;
const keysPerStream = 100;
const scrolls = 5;
/** As fast as a thumb. */
const scrollSpeed = 2_000;
const scrollSeconds = 4;

export async function measureReading(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl, async (state, project) => {
    await writeLongSession(state, { project, entries });
  });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({
      viewport,
      hasTouch: true,
      isMobile: true,
    });
    await pairOnce(context, bench);
    return [
      ...(await measureOpening(context, bench)),
      ...(await measureScrolling(await openSlowly(context, bench))),
      ...(await measureTyping(await openSlowly(context, bench))),
    ];
  } finally {
    await browser.close();
    await bench.close();
    await model.close();
  }
}

async function pairOnce(context: BrowserContext, { product }: BenchProduct): Promise<void> {
  const page = await context.newPage();
  await pair(page, product);
  await page.close();
}

/** Opens the session in a page of its own, whose thread gets a quarter of the time. */
async function openSlowly(context: BrowserContext, { product }: BenchProduct): Promise<Page> {
  const page = await context.newPage();
  const devtools: CDPSession = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await showWholly(devtools);
  await page.addInitScript({ path: pageProbe.path });
  await page.goto(`${product.origin}/s/${longSessionId}`);
  await pageProbe.openMs(page);
  return page;
}

/** Makes the window higher than the page: what lies beneath its edge, as the field does, is painted only along with something else. */
async function showWholly(devtools: CDPSession): Promise<void> {
  const { windowId } = await devtools.send("Browser.getWindowForTarget");
  const bounds = { width: 2 * viewport.width, height: viewport.height + barsHeight };
  await devtools.send("Browser.setWindowBounds", { windowId, bounds });
}

async function measureOpening(context: BrowserContext, bench: BenchProduct): Promise<readonly Finding[]> {
  const times: number[] = [];
  // The first one is thrown away: it fetches the page's code, and the server reads the session from the disk.
  for (let run = 0; run <= opens; run += 1) {
    const page = await openSlowly(context, bench);
    if (run > 0) times.push(await pageProbe.openMs(page));
    await page.close();
  }
  const what = `session of ${entries.toLocaleString("en-GB")} entries, data there → painted and readable, CPU ÷ ${slowdown}`;
  return [
    finding(`${what}, median of ${opens}`, median(times), { unit: "ms", atMost: 500, digits: 0 }),
    finding("the same, slowest", Math.max(...times), { unit: "ms", digits: 0 }),
  ];
}

/** Upward at an even speed: first while older pages come in, then through the rows that are there. */
async function measureScrolling(page: Page): Promise<readonly Finding[]> {
  const devtools = await page.context().newCDPSession(page);
  const loading: FrameTimes[] = [];
  const loaded: FrameTimes[] = [];
  for (let run = 0; run < scrolls; run += 1) {
    loading.push(await scroll(page, devtools, "up"));
    await scroll(page, devtools, "down");
    loaded.push(await scroll(page, devtools, "up"));
  }
  await page.close();
  const rates = loaded.map(framesPerSecond);
  const what = `scrolling up through loaded rows of that session, CPU ÷ ${slowdown}, wheel, ${scrollSpeed.toLocaleString("en-GB")} px/s`;
  const late = loaded.flatMap(({ frameMs }) => frameMs);
  return [
    finding(`${what}, median of ${scrolls}`, median(rates), { unit: "frames/s", atLeast: 50 }),
    finding("the same, slowest", Math.min(...rates), { unit: "frames/s" }),
    finding("the same, longest time between two frames", Math.max(...late), { unit: "ms", digits: 0 }),
    finding("the same, while older pages come in, median", median(loading.map(framesPerSecond)), {
      unit: "frames/s",
    }),
  ];
}

interface FrameTimes {
  /** Between one frame and the next. */
  readonly frameMs: readonly number[];
}

function framesPerSecond({ frameMs }: FrameTimes): number {
  return (1_000 * frameMs.length) / frameMs.reduce((sum, ms) => sum + ms, 0);
}

async function scroll(page: Page, devtools: CDPSession, direction: "up" | "down"): Promise<FrameTimes> {
  const distance = scrollSpeed * scrollSeconds;
  await pageProbe.startFrames(page);
  await devtools.send("Input.synthesizeScrollGesture", {
    x: 195,
    y: 400,
    yDistance: direction === "up" ? distance : -distance,
    speed: scrollSpeed,
    // A wheel: synthesized fingers move nothing in headless Chromium.
    gestureSourceType: "mouse",
  });
  const { frameMs, movedPixels } = await pageProbe.takeFrames(page);
  if (movedPixels < distance / 4) throw new Error(`Scrolling ${direction} moved ${movedPixels} pixels only.`);
  return { frameMs };
}

async function measureTyping(page: Page): Promise<readonly Finding[]> {
  const field = page.locator(".composer-text");
  await field.focus();
  const atRest = await typedMs(page);
  const streaming: number[] = [];
  for (let stream = 0; stream < streams; stream += 1) {
    await field.fill("markdown");
    await field.press("Control+Enter");
    await transcript(page, "busy").waitFor();
    streaming.push(...(await typedMs(page)));
    if (!(await transcript(page, "busy").isVisible()))
      throw new Error("The answer was over before the typing was.");
    await transcript(page, "at rest").waitFor();
  }
  const what = `typing while 200 tokens/s stream, CPU ÷ ${slowdown}, input → paint, p95 of ${streaming.length}`;
  return [
    finding(what, percentile(streaming, 0.95), { unit: "ms", atMost: 50, digits: 0 }),
    finding("the same, median", median(streaming), { unit: "ms", digits: 0 }),
    finding("the same, slowest", Math.max(...streaming), { unit: "ms", digits: 0 }),
    finding("the same, with nothing streaming, p95", percentile(atRest, 0.95), { unit: "ms", digits: 0 }),
  ];
}

function transcript(page: Page, state: "busy" | "at rest"): Locator {
  return page.locator(`.transcript[aria-busy="${state === "busy"}"]`);
}

/** Eleven letters a second, not in step with the frames, into the field that has the focus: how long each took to be painted. */
async function typedMs(page: Page): Promise<readonly number[]> {
  const before = (await focusedText(page)).length;
  await pageProbe.takeKeys(page);
  let dueMs = performance.now();
  for (let key = 0; key < keysPerStream; key += 1) {
    await page.keyboard.press(key % 6 === 5 ? "Space" : "abcdefghijklm".charAt(key % 13));
    dueMs += 60 + ((key * 37) % 61);
    await page.waitForTimeout(Math.max(1, dueMs - performance.now()));
  }
  // The last letters' frames; the picture has all drawn that the browser kept back, which then counts as late.
  await page.waitForTimeout(200);
  await page.screenshot();
  const typed = (await focusedText(page)).length - before;
  if (typed !== keysPerStream) throw new Error(`Of ${keysPerStream} letters ${typed} came into the field.`);
  return await pageProbe.takeKeys(page);
}

async function focusedText(page: Page): Promise<string> {
  return await page.locator(":focus").inputValue();
}
