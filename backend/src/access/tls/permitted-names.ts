/**
 * What an authority of this machine may vouch for: names and addresses of private networks, IPv6, and the machine's own.
 * Whoever steals its key cannot pretend to be a site on the internet. As X.509 name constraints (RFC 5280, 4.2.1.10).
 */
import { BlockList, isIP } from "node:net";

/** Domains that no registry hands out; what lies below them is permitted too. */
const privateDomains = ["localhost", "local", "lan", "internal", "home.arpa"];
const privateRanges = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  // Shared addresses, which private meshes such as Tailscale use.
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
  // Home networks hand out global IPv6 addresses, and new ones every so often.
  "2000::/3",
];

/** Domains and ranges for an authority that is made on a machine of these names and addresses. */
export function permittedFor(names: readonly string[]): readonly string[] {
  const own = names.filter((name) => !isPermitted(name, [...privateDomains, ...privateRanges]));
  const ranges = own.map((name) => (isIP(name) === 0 ? name : `${name}/${isIP(name) === 4 ? 32 : 128}`));
  return [...privateDomains, ...privateRanges, ...ranges];
}

/** Whether a name or an address lies within what is permitted. */
export function isPermitted(name: string, permitted: readonly string[]): boolean {
  const family = isIP(name);
  if (family === 0) return permitted.some((domain) => name === domain || name.endsWith(`.${domain}`));
  const ranges = new BlockList();
  for (const [address = "", prefix] of permitted.map((entry) => entry.split("/"))) {
    if (isIP(address) === family) ranges.addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  }
  return ranges.check(name, family === 4 ? "ipv4" : "ipv6");
}

/** The value of the extension, DER. */
export function encodeNameConstraints(permitted: readonly string[]): Buffer {
  const subtrees = permitted.map((entry) => {
    const [address = "", prefix] = entry.split("/");
    return prefix === undefined
      ? element(0x30, element(0x82, Buffer.from(entry, "ascii")))
      : element(0x30, element(0x87, rangeBytes(address, Number(prefix))));
  });
  return element(0x30, element(0xa0, Buffer.concat(subtrees)));
}

/** One DER element: tag, length in as few bytes as it takes, content. */
function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** The address, then its mask. */
function rangeBytes(address: string, prefix: number): Buffer {
  const bytes = isIP(address) === 4 ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
  const mask = bytes.map((_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))));
  return Buffer.concat([bytes, Buffer.from(mask)]);
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, "0")).join(""), "hex");
}
