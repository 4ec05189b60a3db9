/** Secrets that let a device in: how they are made, hashed for disk and compared. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new device token: 256 random bits, base64url. */
export function createToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 as hex: all that is kept of a token or a code. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares two hashes of equal length without telling by its time where they differ. */
export function equalHashes(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "hex"), Buffer.from(right, "hex")];
  return a.length === b.length && timingSafeEqual(a, b);
}
