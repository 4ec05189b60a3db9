/** One-time pairing codes: eight characters, ten minutes, kept in `<state>/pairing.json` as hashes. */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { Timestamp } from "../protocol/identifiers.ts";
import type { DurableFiles } from "../workspace/durable-files.ts";
import { readState, writeState } from "../workspace/state-file.ts";
import { equalHashes, hashSecret } from "./secret.ts";

/** No 0 O 1 I L: they are mistaken for each other. */
const alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const codeLength = 8;
const lifetimeMs = 10 * 60_000;
/** Spent codes are remembered so long, so that they can be told from unknown ones. */
const memoryMs = 60 * 60_000;
const maxCodes = 50;

const KnownCode = z.object({ hash: z.string(), expiresAt: Timestamp, used: z.boolean() });
type KnownCode = z.infer<typeof KnownCode>;
const PairingFile = z.object({ version: z.literal(1), codes: z.array(KnownCode) });

export interface PairingCode {
  /** As shown: `K7QM-3XTP`. */
  readonly code: string;
  readonly expiresAt: string;
}

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
  #turn: Promise<unknown> = Promise.resolve();

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

  create(): Promise<PairingCode> {
    return this.#inTurn(async () => {
      const code = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join("");
      const expiresAt = new Date(this.#now() + lifetimeMs).toISOString();
      await this.#save(
        [...this.#remembered(), { hash: hashSecret(code), expiresAt, used: false }].slice(-maxCodes),
      );
      return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt };
    });
  }

  /** Takes a code in, as typed: case, dashes and spaces do not matter. Only one caller ever gets `accepted` for it. */
  redeem(typed: string): Promise<"accepted" | "unknown" | "expired"> {
    return this.#inTurn(async () => {
      const hash = hashSecret(typed.toUpperCase().replace(/[^A-Z0-9]/g, ""));
      const found = this.#codes.find((code) => equalHashes(code.hash, hash));
      if (found === undefined) return "unknown";
      if (found.used || Date.parse(found.expiresAt) <= this.#now()) return "expired";
      await this.#save(this.#remembered().map((code) => (code === found ? { ...code, used: true } : code)));
      return "accepted";
    });
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime();
  }

  #remembered(): readonly KnownCode[] {
    return this.#codes.filter((code) => Date.parse(code.expiresAt) + memoryMs > this.#now());
  }

  async #save(codes: readonly KnownCode[]): Promise<void> {
    await writeState(this.#options.files, this.#path, { version: 1, codes });
    this.#codes = codes;
  }

  /** One at a time, so that two takers of one code cannot both find it unused. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    // Each caller hears of its own failure; the next one must not inherit it.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
