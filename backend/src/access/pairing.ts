/** One-time pairing codes: eight characters, ten minutes, kept in `<state>/pairing.json` as hashes. */

import { randomInt } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { DeviceRights } from "../protocol/device.ts";
import { Timestamp } from "../protocol/identifiers.ts";
import type { DurableFiles } from "../workspace/durable-files.ts";
import { OneByOne } from "../workspace/one-by-one.ts";
import { readState, writeState } from "../workspace/state-file.ts";
import { equalHashes, hashSecret } from "./secret.ts";

/** No 0 O 1 I L: they are mistaken for each other. */
const alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const codeLength = 8;
const lifetimeMs = 10 * 60_000;
/** Spent codes are remembered so long, so that they can be told from unknown ones. */
const memoryMs = 60 * 60_000;
const maxSpentCodes = 50;
/** Codes of one device that are good at a time; with the next one the oldest is void. */
const maxCodesOfDevice = 10;

const KnownCode = z.object({
  hash: z.string(),
  expiresAt: Timestamp,
  used: z.boolean(),
  // Earlier files know only codes of the terminal.
  rights: DeviceRights.default("full"),
  /** The id of the device that made it; null: the terminal. */
  madeBy: z.string().nullable().default(null),
});
type KnownCode = z.output<typeof KnownCode>;
const PairingFile = z.object({ version: z.literal(1), codes: z.array(KnownCode) });

/** What a code gives, and who vouches for it. */
export interface CodeOrigin {
  readonly rights: DeviceRights;
  /** The id of the device that made it; null: the terminal. */
  readonly madeBy: string | null;
}

export interface PairingCode {
  /** As shown: `K7QM-3XTP`. */
  readonly code: string;
  readonly expiresAt: string;
  /** What the device that uses it may do. */
  readonly rights: DeviceRights;
}

/** unknown: never made. expired: too old, or used before. unfit: good, but not for this; it stays unused. */
export type Redemption =
  | ({ readonly outcome: "accepted" } & CodeOrigin)
  | { readonly outcome: "unknown" | "expired" | "unfit" };

export interface PairingOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly now?: () => Date;
}

/** Makes codes and takes them in, once each. Both are on disk before they answer. */
export class PairingCodes {
  readonly #options: PairingOptions;
  readonly #path: string;
  #codes: readonly KnownCode[];
  /** Two takers of one code cannot both find it unused. */
  readonly #changes = new OneByOne();

  private constructor(options: PairingOptions, codes: readonly KnownCode[]) {
    this.#options = options;
    this.#path = join(options.directory, "pairing.json");
    this.#codes = codes;
  }

  /** Reads the codes that are still good, also those made before this process started. */
  static async open(options: PairingOptions): Promise<PairingCodes> {
    const file = await readState(options.files, join(options.directory, "pairing.json"), PairingFile);
    return new PairingCodes(options, file?.codes ?? []);
  }

  create({ rights, madeBy }: CodeOrigin): Promise<PairingCode> {
    return this.#changes.run(async () => {
      const code = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join("");
      const expiresAt = new Date(this.#now() + lifetimeMs).toISOString();
      const made: KnownCode = { hash: hashSecret(code), expiresAt, used: false, rights, madeBy };
      await this.#save(this.#bounded([...this.#remembered(), made]));
      return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt, rights };
    });
  }

  /**
   * Takes a code in, as typed: case, dashes and spaces do not matter. Only one caller ever gets `accepted` for it, and
   * only when `isFit` finds nothing wrong with where it comes from.
   */
  redeem(typed: string, isFit: (origin: CodeOrigin) => boolean): Promise<Redemption> {
    return this.#changes.run(async () => {
      const hash = hashSecret(typed.toUpperCase().replace(/[^A-Z0-9]/g, ""));
      const found = this.#codes.find((code) => equalHashes(code.hash, hash));
      if (found === undefined) return { outcome: "unknown" };
      if (found.used || !this.#isInTime(found)) return { outcome: "expired" };
      const { rights, madeBy } = found;
      if (!isFit({ rights, madeBy })) return { outcome: "unfit" };
      await this.#save(this.#remembered().map((code) => (code === found ? { ...code, used: true } : code)));
      return { outcome: "accepted", rights, madeBy };
    });
  }

  /** Whether a code, as shown, could still be used. */
  isOpen(shown: string): boolean {
    const hash = hashSecret(shown.replace("-", ""));
    return this.#codes.some((code) => equalHashes(code.hash, hash) && !code.used && this.#isInTime(code));
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime();
  }

  /** Also after a clock was set back: a code is never good for longer than it was made for. */
  #isInTime(code: KnownCode): boolean {
    const leftMs = Date.parse(code.expiresAt) - this.#now();
    return leftMs > 0 && leftMs <= lifetimeMs;
  }

  #remembered(): readonly KnownCode[] {
    return this.#codes.filter((code) => Date.parse(code.expiresAt) + memoryMs > this.#now());
  }

  /** Nobody pushes out a code of the terminal that is still good, and no device one of another. */
  #bounded(codes: readonly KnownCode[]): readonly KnownCode[] {
    const isGood = (code: KnownCode) => !code.used && this.#isInTime(code);
    const spent = codes.filter((code) => !isGood(code)).slice(-maxSpentCodes);
    const good = codes.filter(isGood).filter((code, index, all) => {
      const later = all.slice(index + 1).filter(({ madeBy }) => madeBy === code.madeBy);
      return code.madeBy === null || later.length < maxCodesOfDevice;
    });
    return [...spent, ...good];
  }

  async #save(codes: readonly KnownCode[]): Promise<void> {
    await writeState(this.#options.files, this.#path, { version: 1, codes });
    this.#codes = codes;
  }
}
