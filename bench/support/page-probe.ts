/** Asks the probe that runs in the measured page. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import * as z from "zod";

const OpenMs = z.number();
const Frames = z.object({ frameMs: z.array(z.number()).min(1), movedPixels: z.number() });
const Keys = z.array(z.number());

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
  /** Of each keystroke since it was last asked, the milliseconds until it was on the screen, as the browser tells them: in steps of 8. */
  async takeKeys(page: Page): Promise<z.infer<typeof Keys>> {
    return Keys.parse(await page.evaluate("benchProbe.takeKeys()"));
  },
} as const;
