/** Where a server may listen, and what is said of where it is reached. */
import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { machineAddresses, machineNames } from "../../../src/command-line/reach/machine-names.ts";
import { assertReachAllowed, ReachRefused } from "../../../src/command-line/reach/reach.ts";
import { type Machine, ReachState } from "../../../src/command-line/reach/reach-state.ts";

const gitHub = {
  clientId: null,
  clientSecret: null,
  allowedLogins: [],
  url: "https://github.com",
  apiUrl: "https://api.github.com",
};
const app = { ...gitHub, clientId: "Iv1.x" };

describe("NET-01, NET-08: listening beyond loopback", () => {
  const outside = { host: "0.0.0.0", lan: false, gitHub };
  test.each([
    ["loopback", { config: { ...outside, host: "127.0.0.1" } }, true],
    ["loopback by name", { config: { ...outside, host: "localhost" } }, true],
    ["IPv6 loopback", { config: { ...outside, host: "::1" } }, true],
    ["every address", { config: outside }, false],
    ["every IPv6 address", { config: { ...outside, host: "::" } }, false],
    ["one address", { config: { ...outside, host: "192.168.1.7" } }, false],
    ["a name", { config: { ...outside, host: "studio.local" } }, false],
    ["a name that begins like loopback", { config: { ...outside, host: "127.0.0.1.evil.example" } }, false],
    ["lan in config.json", { config: { ...outside, host: "127.0.0.1", lan: true } }, false],
    ["--lan typed", { config: { ...outside, lan: true }, isLanTyped: true }, true],
    ["with an owner", { config: outside, hasOwner: true }, true],
    ["lan in config.json with an owner", { config: { ...outside, lan: true }, hasOwner: true }, true],
    [
      "with an allowed login",
      { config: { ...outside, gitHub: { ...app, allowedLogins: ["octocat"] } } },
      true,
    ],
    [
      "with an allowed login that comes by a token",
      { config: { ...outside, gitHub: { ...gitHub, allowedLogins: ["octocat"] } } },
      true,
    ],
    ["with an app but no login", { config: { ...outside, gitHub: app } }, false],
  ])("%s", (_, question, isAllowed) => {
    const ask = () => assertReachAllowed({ isLanTyped: false, hasOwner: false, ...question });
    if (isAllowed) expect(ask).not.toThrow();
    else expect(ask).toThrow(ReachRefused);
  });
});

const entry = (address: string, changes: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
  ({
    address,
    netmask: "",
    mac: "02:00:00:00:00:01",
    internal: false,
    cidr: null,
    ...(address.includes(":") ? { family: "IPv6", scopeid: 0 } : { family: "IPv4" }),
    ...changes,
  }) as NetworkInterfaceInfo;

test("addresses of home networks come first, then other IPv4, meshes, IPv6; bridges of containers last", () => {
  expect(
    machineAddresses({
      lo: [entry("127.0.0.1", { internal: true }), entry("::1", { internal: true })],
      docker0: [entry("172.17.0.1")],
      tailscale0: [entry("100.101.102.103"), entry("fd7a:115c:a1e0::1")],
      eth0: [entry("203.0.113.9"), entry("2001:DB8::9"), entry("fe80::1"), entry("FE80::2")],
      wlan0: [entry("192.168.1.7")],
      none: undefined,
    }),
  ).toEqual([
    "192.168.1.7",
    "203.0.113.9",
    "100.101.102.103",
    "fd7a:115c:a1e0::1",
    "2001:db8::9",
    "172.17.0.1",
  ]);
});

test.each([
  ["Studio", ["studio", "studio.local", "voxpilot.local"]],
  ["Studio.local", ["studio.local", "studio", "voxpilot.local"]],
  ["studio.corp.example", ["studio.corp.example", "studio", "studio.local", "voxpilot.local"]],
  ["localhost", ["localhost.local", "voxpilot.local"]],
  ["my_mac!", ["voxpilot.local"]],
  ["10.0.0.1", ["voxpilot.local"]],
])("a machine called %j answers to %j", (name, names) => {
  expect(machineNames(name).filter((found) => found !== "10.local" && found !== "10")).toEqual(names);
});

describe("what is said of it", () => {
  const config = { host: "127.0.0.1", lan: false, https: false, publicUrl: null, trustedProxies: [] };
  let machine: Machine = { addresses: [], names: [] };
  const at = (changes: object) =>
    new ReachState({ config: { ...config, ...changes }, port: 8000, look: () => machine });

  test("on loopback: one address, for this machine", () => {
    machine = { addresses: ["192.168.1.7"], names: ["studio"] };
    expect(at({}).reach).toEqual({
      addresses: ["http://127.0.0.1:8000"],
      lan: false,
      https: false,
      publicUrl: null,
      trustedProxies: [],
      localName: null,
    });
  });

  test("behind a proxy: the public address first", () => {
    const state = at({ publicUrl: new URL("https://studio.example.ts.net"), trustedProxies: ["127.0.0.1"] });
    expect(state.reach).toEqual({
      addresses: ["https://studio.example.ts.net", "http://127.0.0.1:8000"],
      lan: false,
      https: false,
      publicUrl: "https://studio.example.ts.net",
      trustedProxies: ["127.0.0.1"],
      localName: null,
    });
    expect(state.address).toBe("https://studio.example.ts.net");
  });

  test("on the network: every address, the name once it is held, and loopback", () => {
    machine = { addresses: ["192.168.1.7", "fd00::7"], names: ["studio", "studio.local", "voxpilot.local"] };
    const state = at({ lan: true, https: true });
    state.setLocalName("voxpilot-2.local");
    expect(state.reach).toMatchObject({
      addresses: [
        "https://192.168.1.7:8000",
        "https://[fd00::7]:8000",
        "https://voxpilot-2.local:8000",
        "https://127.0.0.1:8000",
      ],
      lan: true,
      https: true,
      localName: "voxpilot-2.local",
    });
    expect([state.address, state.ownAddress]).toEqual(["https://192.168.1.7:8000", "https://127.0.0.1:8000"]);
    expect(state.allowed.origins.get("voxpilot-2.local:8000")).toBe("https://voxpilot-2.local:8000");
    expect(state.certificateNames).toEqual([
      "localhost",
      "127.0.0.1",
      "::1",
      "studio",
      "studio.local",
      "voxpilot.local",
      "voxpilot-2.local",
      "192.168.1.7",
      "fd00::7",
    ]);
  });

  test("NET-09: it follows the machine: an address that came is ours, one that went is foreign", () => {
    machine = { addresses: ["192.168.1.7"], names: [] };
    const state = at({ host: "0.0.0.0" });
    const { allowed } = state;
    expect([state.update(), [...allowed.origins.keys()].at(-1)]).toEqual([false, "192.168.1.7:8000"]);
    machine = { addresses: ["10.0.0.9"], names: [] };
    expect([state.update(), [...allowed.origins.keys()].at(-1)]).toEqual([true, "10.0.0.9:8000"]);
    expect(allowed.origins.has("192.168.1.7:8000")).toBe(false);
    expect(state.address).toBe("http://10.0.0.9:8000");
  });

  test("the certificate also holds a host and a public name that were set", () => {
    machine = { addresses: [], names: [] };
    const state = at({ host: "Studio.LAN", publicUrl: new URL("https://studio.example.org:8000") });
    expect(state.certificateNames).toEqual([
      "localhost",
      "127.0.0.1",
      "::1",
      "studio.lan",
      "studio.example.org",
    ]);
  });

  test("a machine without a network is told of loopback", () => {
    machine = { addresses: [], names: [] };
    expect(at({ lan: true }).address).toBe("http://127.0.0.1:8000");
  });
});
