/** Whose word counts on who is asking. */
import { describe, expect, test } from "vitest";
import { canonicalAddress, TrustedProxies } from "../../src/access/trusted-proxies.ts";

const proxies = new TrustedProxies(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32", "::1"]);

describe("NET-19: X-Forwarded-For", () => {
  test.each([
    ["a peer that is no proxy", "192.0.2.9", "203.0.113.1", "192.0.2.9"],
    ["a proxy without the header", "127.0.0.1", undefined, "127.0.0.1"],
    ["one hop", "127.0.0.1", "203.0.113.1", "203.0.113.1"],
    ["what the client wrote itself", "127.0.0.1", "198.51.100.66, 203.0.113.1", "203.0.113.1"],
    ["two proxies", "127.0.0.1", "203.0.113.1, 10.1.2.3", "203.0.113.1"],
    ["a stranger's word between proxies", "127.0.0.1", "198.51.100.66, 203.0.113.1, 10.1.2.3", "203.0.113.1"],
    ["proxies alone", "127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9"],
    ["IPv6 proxy and client", "2001:db8::5", "2001:DB9:0::1", "2001:db9::1"],
    ["an IPv4 peer on an IPv6 socket", "::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1"],
    ["the same in other digits", "::ffff:7f00:1", "203.0.113.1", "203.0.113.1"],
    ["a mapped client", "127.0.0.1", "::ffff:203.0.113.1", "203.0.113.1"],
    ["a port", "127.0.0.1", "203.0.113.1:5555", "203.0.113.1"],
    ["IPv6 with a port", "127.0.0.1", "[2001:db9::1]:5555", "2001:db9::1"],
    ["no address", "127.0.0.1", "unknown", "127.0.0.1"],
    ["no address, left of a proxy", "127.0.0.1", "203.0.113.1, unknown, 10.1.2.3", "10.1.2.3"],
    ["nothing", "127.0.0.1", "", "127.0.0.1"],
    ["an empty entry at the end", "127.0.0.1", "203.0.113.1,", "127.0.0.1"],
    ["a name", "127.0.0.1", "evil.example", "127.0.0.1"],
    ["markup", "127.0.0.1", "<script>", "127.0.0.1"],
    ["octal", "127.0.0.1", "0177.0.0.1", "127.0.0.1"],
  ])("%s", (_, ...[peer = "", header, client]) => {
    expect(proxies.clientOf(peer, header)).toBe(client);
  });

  test("without a configured proxy it never counts", () => {
    expect(new TrustedProxies([]).clientOf("127.0.0.1", "203.0.113.1")).toBe("127.0.0.1");
  });

  test("a header of thousands of hops is read to the first stranger", () => {
    const header = `203.0.113.1, ${Array.from({ length: 2_000 }, () => "10.0.0.1").join(", ")}`;
    expect(proxies.clientOf("127.0.0.1", header)).toBe("203.0.113.1");
  });
});

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::FFFF:10.0.0.1", "10.0.0.1"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["::1", "::1"],
  ["127.1", null],
  ["localhost", null],
  ["", null],
])("%j is written %j", (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});
