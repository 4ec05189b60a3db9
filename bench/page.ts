/** What the page costs: bytes of a first load in a real browser, and the server's memory before and after. */
import { setTimeout as delay } from "node:timers/promises";
import { launchBrowser } from "../e2e/support/browser.ts";
import { type Fetched, gatherFetched, tapNewSession } from "../e2e/support/first-load.ts";
import { pair } from "../e2e/support/person.ts";
import type { Product } from "../e2e/support/product.ts";
import { residentMegabytes } from "./support/memory.ts";
import { type Finding, finding } from "./support/table.ts";

const settleMs = 3000;
/** By then V8 has given back what the start needed. */
const restedMs = 30_000;

/** `product` has just started: its memory is taken first. */
export async function measurePage(product: Product): Promise<readonly Finding[]> {
  await delay(settleMs);
  const idleMegabytes = await residentMegabytes(product.pid);
  await delay(restedMs - settleMs);
  const restedMegabytes = await residentMegabytes(product.pid);
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  // Pairing first: a first load is that of a paired phone with an empty cache.
  await pair(page, product);

  const fetched = await gatherFetched(page);
  await page.goto(`${product.origin}/`);
  const answeredAtMs = await tapNewSession(page);
  await delay(settleMs);
  const afterMegabytes = await residentMegabytes(product.pid);
  await browser.close();
  const all = fetched();
  const first = all.filter(({ sentAtMs }) => sentAtMs <= answeredAtMs);
  return [
    finding("idle memory (RSS), 3 s after the start", idleMegabytes, { unit: "MB", atMost: 80 }),
    finding("the same, 30 s after the start", restedMegabytes, { unit: "MB" }),
    finding("memory (RSS), 3 s after a page load, page open", afterMegabytes, { unit: "MB" }),
    finding(`first load of the page, brotli, ${first.length} requests`, kilobytes(first), {
      unit: "kB",
      atMost: 60,
    }),
    finding("the same, with what is fetched when idle", kilobytes(all), { unit: "kB" }),
  ];
}

function kilobytes(fetched: readonly Fetched[]): number {
  return fetched.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) / 1000;
}
