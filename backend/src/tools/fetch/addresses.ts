/** Which addresses and names lie in this machine or its networks (security requirement INJ-04). When in doubt they do. */
import { BlockList, isIP } from "node:net";

const special4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
/** Of what is public; all else is not. The special ones carry or stand for other addresses. */
const public6: readonly [string, number] = ["2000::", 3];
const special6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const ranges = new BlockList();
for (const [address, length] of special4) ranges.addSubnet(address, length, "ipv4");
for (const [address, length] of special6) ranges.addSubnet(address, length, "ipv6");
const publicRange = new BlockList();
publicRange.addSubnet(...public6, "ipv6");

/** `address` as a resolver gives it, without brackets; anything that is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, "");
  switch (isIP(bare)) {
    case 4:
      return ranges.check(bare, "ipv4");
    case 6:
      return !publicRange.check(bare, "ipv6") || ranges.check(bare, "ipv6");
    default:
      return true;
  }
}

const privateEndings =
  /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|home|lan|localdomain|home\.arpa|test|invalid|onion)$/;

/** What the name of a host alone says, as `URL.hostname` gives it: nothing is looked up before a person has agreed. */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^\[|\]$/g, "");
  if (isIP(name) !== 0) return isPrivateAddress(name);
  return !name.includes(".") || privateEndings.test(name);
}
