/** A server whose clock can be put ahead while it runs: what takes minutes is tested in a moment. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Loaded into the server before its own code: its clock goes ahead by as much as a file says. */
const source = `
import { readFileSync } from "node:fs";
const Real = Date;
const now = () => Real.now() + Number(readFileSync(process.env.CLOCK_AHEAD_MS, "utf8"));
globalThis.Date = class extends Real {
  constructor(...words) {
    if (words.length === 0) super(now());
    else super(...words);
  }
  static now() {
    return now();
  }
};
`;

export interface ServerClock {
  /** To be given to the server when it is started. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far it is ahead of the true time from now on. */
  turnAhead(milliseconds: number): Promise<void>;
  remove(): Promise<void>;
}

/** The true time, until it is turned. */
export async function serverClock(): Promise<ServerClock> {
  const folder = await mkdtemp(join(tmpdir(), "voxpilot-clock-"));
  const ahead = join(folder, "ahead");
  await writeFile(join(folder, "clock.mjs"), source);
  await writeFile(ahead, "0");
  return {
    environment: {
      NODE_OPTIONS: `--import=${pathToFileURL(join(folder, "clock.mjs"))}`,
      CLOCK_AHEAD_MS: ahead,
    },
    turnAhead: (milliseconds) => writeFile(ahead, String(milliseconds)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
