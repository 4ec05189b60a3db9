/** The door while the server runs: addresses come and go, the certificate and the name follow. */
import { expect, test } from "vitest";
import { ServerCertificate } from "../../../src/access/tls/server-certificate.ts";
import { ReachKeeper } from "../../../src/command-line/reach/keep-reach.ts";
import { type Machine, ReachState } from "../../../src/command-line/reach/reach-state.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const hourMs = 60 * 60 * 1000;

async function stage(options: { isNameRefused?: boolean } = {}) {
  let machine: Machine = { addresses: ["192.168.1.7"], names: ["studio"] };
  let clock = Date.parse("2026-03-01T12:00:00.000Z");
  const said: string[] = [];
  const config = { host: "127.0.0.1", lan: true, https: true, publicUrl: null, trustedProxies: [] };
  const state = new ReachState({ config, port: 8000, look: () => machine });
  const certificate = await ServerCertificate.open({
    directory: await temporaryFolder(),
    files: durableFiles,
    machine: "studio",
    names: state.certificateNames,
    now: () => new Date(clock),
  });
  const note = (level: string) => (message: string) => void said.push(`${level}: ${message}`);
  let taken = 0;
  const keeper = new ReachKeeper({
    state,
    certificate,
    listening: {
      renew: ({ cert }) => said.push(cert === certificate.credentials.cert ? "renewed" : "stale"),
    },
    logger: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    announce: async () => {
      if (options.isNameRefused) throw new Error("no network");
      taken += 1;
      return { name: `voxpilot-${taken}.local`, close: async () => void said.push("name given back") };
    },
    now: () => clock,
  });
  return {
    state,
    certificate,
    keeper,
    said,
    move: (next: Machine) => {
      machine = next;
    },
    wait: (ms: number) => {
      clock += ms;
    },
  };
}

test("the name is taken, allowed, and held by the certificate", async () => {
  const { state, certificate, keeper, said } = await stage();
  expect(await keeper.start()).toBe("voxpilot-1.local");
  expect(state.reach.localName).toBe("voxpilot-1.local");
  expect(state.allowed.origins.has("voxpilot-1.local:8000")).toBe(true);
  expect(certificate.names).toContain("voxpilot-1.local");
  expect(said).toEqual(["renewed", "info: the certificate was renewed"]);
  await keeper.close();
  expect([said.at(-1), state.reach.localName]).toEqual(["name given back", null]);
});

test("when the machine changes networks, the certificate is renewed in place and the name announced anew", async () => {
  const { state, certificate, keeper, said, move } = await stage();
  await keeper.start();
  said.length = 0;
  await keeper.check();
  expect(said).toEqual([]);
  const { fingerprint } = certificate;
  move({ addresses: ["10.0.0.9"], names: ["studio"] });
  await keeper.check();
  expect(said).toEqual([
    "renewed",
    "info: the certificate was renewed",
    "name given back",
    "renewed",
    "info: the certificate was renewed",
  ]);
  expect(certificate.names).toContain("10.0.0.9");
  expect(certificate.fingerprint).toBe(fingerprint);
  expect(state.reach.localName).toBe("voxpilot-2.local");
  await keeper.close();
});

test("every twelve hours it looks whether the certificate ends", async () => {
  const { keeper, said, wait } = await stage();
  await keeper.start();
  said.length = 0;
  wait(13 * hourMs);
  await keeper.check();
  expect(said).toEqual([]);
  wait(370 * 24 * hourMs);
  await keeper.check();
  expect(said).toEqual(["renewed", "info: the certificate was renewed"]);
  await keeper.close();
});

test("an address that the authority may not vouch for is said, and left out", async () => {
  const { certificate, keeper, said, move } = await stage();
  await keeper.start();
  said.length = 0;
  move({ addresses: ["203.0.113.50"], names: ["studio"] });
  await keeper.check();
  expect(said.filter((line) => line.startsWith("warn"))).toEqual([
    "warn: the authority may not vouch for these; remove the folder tls in the state folder for a new one",
  ]);
  expect(certificate.names).not.toContain("203.0.113.50");
  await keeper.close();
});

test("without a name it goes on, with a warning", async () => {
  const { state, keeper, said } = await stage({ isNameRefused: true });
  expect(await keeper.start()).toBeNull();
  expect(said).toEqual(["warn: no name on the local network: use the address"]);
  expect(state.reach.localName).toBeNull();
  await keeper.close();
});
