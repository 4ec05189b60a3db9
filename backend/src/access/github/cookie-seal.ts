/** Seals what browsers keep for us: AES-256-GCM under a key of this installation, `<state>/cookie.key`. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { readState, writeState } from "../../workspace/state-file.ts";

/** What a sealed text is for. One that was sealed for another purpose does not open. */
export type SealPurpose = "gh_token" | "github_state";

const KeyFile = z.object({ version: z.literal(1), key: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

const version = "v1.";
const nonceBytes = 12;
const tagBytes = 16;
/** As much as a browser keeps in one cookie. */
const maxSealedLength = 4_096;

/** Seals and opens. */
export class CookieSeal {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** Reads the key, or makes one. A damaged key is set aside for a new one: then nothing that was sealed before opens. */
  static async open(place: { directory: string; files: DurableFiles }): Promise<CookieSeal> {
    const path = join(place.directory, "cookie.key");
    const known = await readState(place.files, path, KeyFile);
    if (known !== null) return new CookieSeal(Buffer.from(known.key, "base64url"));
    const key = randomBytes(32);
    await writeState(place.files, path, { version: 1, key: key.toString("base64url") });
    return new CookieSeal(key);
  }

  /** Another text each time, of cookie characters. */
  seal(purpose: SealPurpose, text: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(contextOf(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return version + sealed.toString("base64url");
  }

  /** The text, or null for anything that was not sealed here for this purpose. */
  unseal(purpose: SealPurpose, sealed: string): string | null {
    if (sealed.length > maxSealedLength || !/^v1\.[A-Za-z0-9_-]+$/.test(sealed)) return null;
    const bytes = Buffer.from(sealed.slice(version.length), "base64url");
    if (bytes.length < nonceBytes + tagBytes) return null;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(contextOf(purpose)).setAuthTag(bytes.subarray(-tagBytes));
    try {
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch {
      // The tag does not fit: somebody else's, or an older key's.
      return null;
    }
  }
}

function contextOf(purpose: SealPurpose): Buffer {
  return Buffer.from(`voxpilot ${purpose} ${version}`, "utf8");
}
