/** Which peers may say for whom they ask: `X-Forwarded-For` counts from the owner's own proxies alone. */
import { BlockList, isIP } from "node:net";

/** The proxies that stand before this server, as addresses and CIDR ranges. */
export class TrustedProxies {
  readonly entries: readonly string[];
  readonly #ranges = new BlockList();

  /** Throws for an entry that is neither an address nor a range; the settings have checked them. */
  constructor(entries: readonly string[]) {
    this.entries = entries;
    for (const entry of entries) {
      const [address = "", prefix] = entry.split("/");
      const family = familyOf(address);
      if (prefix === undefined) this.#ranges.addAddress(address, family);
      else this.#ranges.addSubnet(address, Number(prefix), family);
    }
  }

  isTrusted(address: string): boolean {
    const canonical = canonicalAddress(address);
    return canonical !== null && this.#ranges.check(canonical, familyOf(canonical));
  }

  /**
   * The client behind a socket's peer: `X-Forwarded-For` is read from the right for as long as the hop that wrote an
   * entry is trusted. What a stranger wrote further left counts for nothing.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    let client = canonicalAddress(peer) ?? peer;
    const hops = (forwardedFor ?? "").split(",");
    while (hops.length > 0 && this.isTrusted(client)) {
      const next = hopAddress(hops.pop() ?? "");
      if (next === null) break;
      client = next;
    }
    return client;
  }
}

/** One spelling for each address: IPv4 as such also when it comes mapped into IPv6, no zone; null when it is none. */
export function canonicalAddress(address: string): string | null {
  const [plain = ""] = address.split("%");
  if (isIP(plain) !== 6) return isIP(plain) === 4 ? plain : null;
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return canonical;
  const bytes = mapped
    .slice(1)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  return bytes.join(".");
}

/** An entry may carry a port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function hopAddress(entry: string): string | null {
  const trimmed = entry.trim();
  const withPort = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(trimmed);
  return canonicalAddress(withPort?.[1] ?? trimmed);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
