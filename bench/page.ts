/** What the page costs: bytes of a first load in a real browser, and the server's memory before and after. */
import { setTimeout as delay } from "node:timers/promises";
import { launchBrowser } from "../e2e/support/browser.ts";
import { pair } from "../e2e/support/person.ts";
import type { Product } from "../e2e/support/product.ts";
import { residentMegabytes } from "./support/memory.ts";
import { type Finding, finding } from "./support/table.ts";

const settleMs = 3000;

/** `product` has just started: its memory is taken first. */
export async function measurePage(product: Product): Promise<readonly Finding[]> {
  await delay(settleMs);
  const idleMegabytes = await residentMegabytes(product.pid);
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  // Pairing first: a first load is that of a paired phone with an empty cache.
  await pair(page, product);

  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.clearBrowserCache");
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  let count = 0;
  // On the wire: compressed, and with the headers.
  network.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    count += 1;
  });
  await page.goto(`${product.origin}/`);
  await page.getByRole("button", { name: "New session" }).first().click();
  await page.getByRole("dialog").waitFor();
  const firstLoad = { bytes, count };
  await delay(settleMs);
  const afterMegabytes = await residentMegabytes(product.pid);
  await browser.close();
  return [
    finding("idle memory (RSS), 3 s after the start", idleMegabytes, { unit: "MB", atMost: 80 }),
    finding("memory (RSS), 3 s after a page load, page open", afterMegabytes, { unit: "MB" }),
    finding(`first load of the page, brotli, ${firstLoad.count} requests`, firstLoad.bytes / 1000, {
      unit: "kB",
      atMost: 60,
    }),
    finding("the same, with what is fetched when idle", bytes / 1000, { unit: "kB" }),
  ];
}
