/** Names exactly what would run, so that a decision cannot be used for anything else. */
import { createHash } from "node:crypto";

/** SHA-256 (hex) over the parts, each with its length before it: no two lists of parts run together into the same bytes. */
export function permissionDigest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = Buffer.from(part, "utf8");
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}
