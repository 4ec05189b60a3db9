/** The certificate of `--https`: what is made, for whom it is good, and when it is made anew. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect as connectTls, createServer } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeServerCertificate } from "../../../src/access/tls/make-certificates.ts";
import { encodeNameConstraints, isPermitted, permittedFor } from "../../../src/access/tls/permitted-names.ts";
import { ServerCertificate } from "../../../src/access/tls/server-certificate.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const names = [
  "localhost",
  "127.0.0.1",
  "::1",
  "studio",
  "studio.local",
  "voxpilot.local",
  "192.0.2.2",
  "fd00::2",
];
const start = new Date("2026-03-01T12:00:00.000Z");
const dayMs = 24 * 60 * 60 * 1000;

interface Stage {
  readonly directory: string;
  open(changes?: { names?: readonly string[]; days?: number }): Promise<ServerCertificate>;
}

async function stage(): Promise<Stage> {
  const directory = await temporaryFolder();
  return {
    directory,
    open: (changes = {}) =>
      ServerCertificate.open({
        directory,
        files: durableFiles,
        machine: "studio",
        names: changes.names ?? names,
        now: () => new Date(start.getTime() + (changes.days ?? 0) * dayMs),
      }),
  };
}

const days = (certificate: X509Certificate) =>
  (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / dayMs;

describe("what is made on first use", () => {
  test("an authority for ten years that signs servers alone, and a certificate of at most 397 days", async () => {
    const made = await (await stage()).open();
    const authority = new X509Certificate(made.authorityPem);
    const server = new X509Certificate(made.credentials.cert);
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(Math.round(days(authority) / 365.25)).toBe(10);
    expect(server.ca).toBe(false);
    expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true);
    expect(days(server)).toBeLessThanOrEqual(397);
    expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(server.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(made.fingerprint).toBe(authority.fingerprint256);
    expect(made.notAfter).toBe("2036-03-01T12:00:00.000Z");
  });

  test("it holds every name and address, and no other", async () => {
    const made = await (await stage()).open();
    const server = new X509Certificate(made.credentials.cert);
    expect(made.names).toEqual(names);
    expect(server.checkHost("studio.local")).toBe("studio.local");
    expect(server.checkIP("fd00::2")).toBe("fd00::2");
    expect(server.checkHost("evil.local")).toBeUndefined();
    expect(server.checkIP("192.0.2.3")).toBeUndefined();
  });

  test("SEC-04: keys are this user's alone", async () => {
    const { directory, open } = await stage();
    await open();
    const modes = await Promise.all(
      ["tls", "tls/authority.json", "tls/server.json"].map(
        async (path) => (await stat(join(directory, path))).mode,
      ),
    );
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
  });
});

describe("when it is made anew", () => {
  test("not while it is good: the same bytes after a restart", async () => {
    const { open } = await stage();
    const first = await open();
    const second = await open({ days: 300, names: ["localhost", "studio"] });
    expect(second.credentials).toEqual(first.credentials);
    expect(await second.refresh(["localhost"])).toBe(false);
  });

  test.each([
    ["thirty days before its end", { days: 367 }],
    ["for an address that it lacks", { names: [...names, "10.1.2.3"] }],
    ["for a name that it lacks", { names: [...names, "voxpilot-2.local"] }],
  ])("%s, under the same authority", async (_, changes) => {
    const { open } = await stage();
    const first = await open();
    const second = await open(changes);
    expect(second.credentials.cert).not.toBe(first.credentials.cert);
    expect(second.fingerprint).toBe(first.fingerprint);
    const server = new X509Certificate(second.credentials.cert);
    expect(server.checkPrivateKey(createPrivateKey(second.credentials.key))).toBe(true);
  });

  test("while it runs, too", async () => {
    const certificate = await (await stage()).open();
    const before = certificate.credentials;
    expect(await certificate.refresh([...names, "10.1.2.3"])).toBe(true);
    expect(certificate.credentials).not.toEqual(before);
    expect(certificate.names).toEqual([...names, "10.1.2.3"]);
    expect(await certificate.refresh([...names, "10.1.2.3"])).toBe(false);
  });

  test("with its authority, thirty days before that one's end", async () => {
    const { open } = await stage();
    const first = await open();
    expect((await open({ days: 3_600 })).fingerprint).toBe(first.fingerprint);
    expect((await open({ days: 3_640 })).fingerprint).not.toBe(first.fingerprint);
  });

  test("it never outlives its authority", async () => {
    const { open } = await stage();
    await open();
    const late = await open({ days: 3_600 });
    const server = new X509Certificate(late.credentials.cert);
    expect(Date.parse(server.validTo)).toBe(Date.parse(late.notAfter));
  });

  test("a damaged file is set aside, a certificate without its key is replaced", async () => {
    const { directory, open } = await stage();
    const first = await open();
    await writeFile(join(directory, "tls/server.json"), "{");
    const second = await open();
    expect(second.fingerprint).toBe(first.fingerprint);
    const left = await readdir(join(directory, "tls"));
    expect(left.filter((name) => name.endsWith(".damaged"))).toHaveLength(1);
    const file: unknown = JSON.parse(await readFile(join(directory, "tls/server.json"), "utf8"));
    await writeFile(
      join(directory, "tls/server.json"),
      JSON.stringify({ ...(file as object), key: first.credentials.key }),
    );
    const third = await open();
    expect(third.credentials.cert).not.toBe(second.credentials.cert);
  });
});

describe("what the authority may vouch for", () => {
  const permitted = permittedFor(["studio", "203.0.113.7", "studio.corp.example"]);

  test.each([
    ["localhost", true],
    ["voxpilot.local", true],
    ["studio", true],
    ["studio.corp.example", true],
    ["other.corp.example", false],
    ["corp.example", false],
    ["github.com", false],
    ["evillocal", false],
    ["local.evil", false],
    ["192.168.7.7", true],
    ["100.100.1.1", true],
    ["203.0.113.7", true],
    ["203.0.113.8", false],
    ["8.8.8.8", false],
    ["fd12::1", true],
    ["2003:e1::5", true],
    ["::2", false],
  ])("%s: %s", (name, isFine) => {
    expect(isPermitted(name, permitted)).toBe(isFine);
  });

  test("a name outside is left out of the certificate, and said", async () => {
    const certificate = await (await stage()).open();
    const wanted = [...names, "github.com", "8.8.8.8"];
    expect(certificate.outside(wanted)).toEqual(["github.com", "8.8.8.8"]);
    await certificate.refresh([...wanted, "10.1.1.1"]);
    expect(certificate.names).toEqual([...names, "10.1.1.1"]);
  });

  test("the constraints in the authority are what a TLS client goes by", async () => {
    const { directory, open } = await stage();
    const made = await open();
    expect(await handshake(made.credentials, made.authorityPem, "studio.local")).toBe("trusted");
    // Whoever stole the key signs for a site of the internet.
    const stolen = JSON.parse(await readFile(join(directory, "tls/authority.json"), "utf8"));
    const forged = await makeServerCertificate({ ...stolen, permitted: ["com"] }, ["github.com"], start);
    const outcome = await handshake(
      { key: forged.key, cert: forged.certificate },
      made.authorityPem,
      "github.com",
    );
    expect(outcome).toBe("permitted subtree violation");
  });

  test("they are written as DER has it, with lengths as short as they can be", () => {
    const encoded = encodeNameConstraints(["local", "10.0.0.0/8", "fc00::/7"]).toString("hex");
    expect(encoded).toBe(
      [
        "303ba039",
        "300782056c6f63616c",
        "300a87080a000000ff000000",
        "30228720fc000000000000000000000000000000fe000000000000000000000000000000",
      ].join(""),
    );
    const many = (count: number) =>
      encodeNameConstraints(Array.from({ length: count }, () => "local")).toString("hex");
    expect(many(15).slice(0, 12)).toBe("30818aa08187");
    expect(many(40).slice(0, 16)).toBe("3082016ca0820168");
  });
});

/** How a client that trusts only `ca` ends a handshake. */
async function handshake(
  credentials: { key: string; cert: string },
  ca: string,
  servername: string,
): Promise<string> {
  const server = createServer(credentials, (socket) => socket.end()).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  server.on("tlsClientError", () => undefined);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: "127.0.0.1", ca, servername }, () => {
      socket.destroy();
      resolve("trusted");
    });
    socket.on("error", (error) => resolve(error.message));
  });
}
