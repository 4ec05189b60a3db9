/** What a start says. */
import { describe, expect, test } from "vitest";
import { bannerText, type Exposure } from "../../src/command-line/banner.ts";
import type { Reach } from "../../src/protocol/device.ts";

const banner = {
  address: "http://127.0.0.1:8000",
  code: { code: "K7QM-3XTP", expiresAt: "2026-01-01T12:10:00.000Z" },
  bound: { host: "127.0.0.1", port: 8000 },
  isTerminal: false,
};

const loopback: Reach = {
  addresses: ["http://127.0.0.1:8000"],
  lan: false,
  https: false,
  publicUrl: null,
  trustedProxies: [],
  localName: null,
};

/** The lines between the title and the code, for a start with this reach. */
async function said(changes: Partial<Reach>, more: Partial<Exposure> = {}): Promise<string> {
  const reach = { ...loopback, ...changes };
  const exposure = { reach, fingerprint: null, allowedLogins: [], ...more };
  const text = await bannerText({ ...banner, address: reach.addresses[0] ?? "", exposure });
  return text.slice(text.indexOf("VoxPilot\n") + 9, text.indexOf("\n\n  Pair a browser"));
}

const fingerprint = Array.from({ length: 32 }, (_, index) =>
  index.toString(16).padStart(2, "0").toUpperCase(),
).join(":");

test("one block: who reaches it, the link, the code, how long it is good", async () => {
  const exposure = { reach: loopback, fingerprint: null, allowedLogins: [] };
  expect(await bannerText({ ...banner, exposure })).toBe(`
  VoxPilot
  Reached as  http://127.0.0.1:8000
  Only this machine reaches it. All but the sign-in page needs a paired device.

  Pair a browser: http://127.0.0.1:8000/pair#K7QM-3XTP
  or type the code K7QM-3XTP there. Good for 10 minutes, once.
  Another device cannot open this address by itself: docs/phone.md says how.

`);
});

describe("NET-28: it states who can reach what", () => {
  test("loopback", async () => {
    expect(await said({})).toBe(
      `  Reached as  http://127.0.0.1:8000
  Only this machine reaches it. All but the sign-in page needs a paired device.`,
    );
  });

  test("behind a tunnel whose word is trusted", async () => {
    const publicUrl = "https://studio.example.ts.net";
    const addresses = [publicUrl, "http://127.0.0.1:8000"];
    expect(await said({ publicUrl, addresses, trustedProxies: ["127.0.0.1"] })).toBe(
      `  Reached as  https://studio.example.ts.net
              http://127.0.0.1:8000
  This machine reaches it, and whoever gets to https://studio.example.ts.net. All but the sign-in page needs a paired device.
  Trusted to say who asks: 127.0.0.1`,
    );
  });

  test("behind a plain proxy that nobody trusts", async () => {
    const publicUrl = "http://studio.example.org";
    expect(await said({ publicUrl, addresses: [publicUrl] })).toBe(
      `  Reached as  http://studio.example.org
  This machine reaches it, and whoever gets to http://studio.example.org. All but the sign-in page needs a paired device.
  NOT ENCRYPTED: http://studio.example.org is plain http.
  No proxy is trusted to say who asks: set VOXPILOT_TRUSTED_PROXIES to its address (docs/phone.md).`,
    );
  });

  test("the local network in the clear", async () => {
    const addresses = ["http://192.168.1.7:8000", "http://[fd00::7]:8000", "http://127.0.0.1:8000"];
    expect(await said({ lan: true, addresses })).toBe(
      `  Reached as  http://192.168.1.7:8000
              http://[fd00::7]:8000
              http://127.0.0.1:8000
  Everybody on its networks reaches it. All but the sign-in page needs a paired device. NOT ENCRYPTED: others on the way can read along and take over; add --https.`,
    );
  });

  test("the local network over https, with what to compare", async () => {
    const addresses = ["https://192.168.1.7:8000", "https://127.0.0.1:8000"];
    expect(await said({ lan: true, https: true, addresses }, { fingerprint })).toBe(
      `  Reached as  https://192.168.1.7:8000
              https://127.0.0.1:8000
  Everybody on its networks reaches it. All but the sign-in page needs a paired device. Encrypted.

  Once on each device: open http://192.168.1.7:8000/trust and compare
  SHA-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F
          10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F`,
    );
  });

  test("one address of the network, with GitHub logins that may come in", async () => {
    const addresses = ["http://192.168.1.7:8000"];
    expect(await said({ lan: true, addresses }, { allowedLogins: ["octocat", "hubot"] })).toBe(
      `  Reached as  http://192.168.1.7:8000
  Everybody on its networks reaches it. All but the sign-in page needs a paired device or one of those logins. NOT ENCRYPTED: others on the way can read along and take over; add --https.
  May sign in with GitHub: octocat, hubot`,
    );
  });
});

test("a terminal gets the link as a QR code too", async () => {
  const text = await bannerText({ ...banner, isTerminal: true });
  expect(text.split("\n").filter((line) => /[█▀▄]/.test(line)).length).toBeGreaterThan(10);
});

test.each([
  [["/code/shop", "/code/web"], "Projects: /code/shop, /code/web"],
  [["/code/\u001b[2Jshop"], "Projects: /code/\uFFFD[2Jshop"],
  [[], "No project in this folder. Name one: npm start -- ~/code/shop"],
])("a start says which folders it offers: %j", async (folders, line) => {
  expect((await bannerText({ ...banner, folders })).split("\n")).toContain(`  ${line}`);
});

test("the demo says what it is, and where its project lies", async () => {
  const text = await bannerText({ ...banner, demoProject: "/tmp/shop" });
  expect(text).toContain("VoxPilot demo: a script, not a model.");
  expect(text).toContain("/tmp/shop");
});

test.each([
  [{ bound: null }, "It is not running. Start it (npm start) before the code is used."],
  [{ address: "https://studio.example.ts.net" }, "Running at https://studio.example.ts.net"],
])("a new code says where it is good for: %j", async (change, line) => {
  expect((await bannerText({ ...banner, ...change })).split("\n")[2]).toBe(`  ${line}`);
});
