/** Asks the probe that runs in the measured page. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import * as z from "zod";

const OpenMs = z.number();
const Frames = z.object({ frameMs: z.array(z.number()).min(1), movedPixels: z.number() });
const Keys = z.object({ keys: z.int(), paintedMs: z.array(z.number()), frameMs: z.array(z.number()) });

export const pageProbe = {
  /** To be put into the page before it loads. */
  path: fileURLToPath(new URL("page-probe.js", import.meta.url)),
  async openMs(page: Page): Promise<number> {
    return OpenMs.parse(await page.evaluate("benchProbe.openMs()"));
  },
  /** From now on every frame of the page's thread is noted. */
  async startFrames(page: Page): Promise<void> {
    await page.evaluate("benchProbe.startFrames()");
  },
  /** Times between frames, and how far anything was scrolled, since `startFrames`. */
  async takeFrames(page: Page): Promise<z.infer<typeof Frames>> {
    return Frames.parse(await page.evaluate("benchProbe.takeFrames()"));
  },
  /** `paintedMs`: as the browser tells it, in steps of 8 ms. `frameMs`: until the page's own thread is done with the frame. */
  async takeKeys(page: Page): Promise<z.infer<typeof Keys>> {
    return Keys.parse(await page.evaluate("benchProbe.takeKeys()"));
  },
} as const;
