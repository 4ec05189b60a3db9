/** How the machine says where it is and whom to trust. */
import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import * as z from "zod";
import { appleProfile } from "../../../src/access/tls/apple-profile.ts";
import { ServerCertificate } from "../../../src/access/tls/server-certificate.ts";
import { Reach } from "../../../src/protocol/device.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { bodyOf, origin, problemOf, runningApp } from "../../support/running-app.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const Trust = z.object({ fingerprint: z.string(), names: z.array(z.string()), notAfter: z.string() });

async function certificate(): Promise<ServerCertificate> {
  const directory = await temporaryFolder();
  return ServerCertificate.open({
    directory,
    files: durableFiles,
    machine: "studio",
    names: ["127.0.0.1", "studio.local"],
  });
}

test("anybody may have the authority: its fingerprint, its certificate, a profile; never a key", async () => {
  const trust = await certificate();
  const app = await runningApp({ trust });
  const ask = (path: string) => app.request(`GET ${path}`, { token: null });
  expect(await bodyOf(await ask("/api/trust"), Trust)).toEqual({
    fingerprint: trust.fingerprint,
    names: ["127.0.0.1", "studio.local"],
    notAfter: trust.notAfter,
  });
  const file = await ask("/trust/ca.crt");
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "application/x-x509-ca-cert"]);
  const pem = await file.text();
  expect(new X509Certificate(pem).fingerprint256).toBe(trust.fingerprint);
  const profile = await ask("/trust/ca.mobileconfig");
  expect([profile.status, profile.headers.get("content-type")]).toEqual([
    200,
    "application/x-apple-aspen-config",
  ]);
  const xml = await profile.text();
  const [, data = ""] = /<data>([^<]+)<\/data>/.exec(xml) ?? [];
  expect(new X509Certificate(Buffer.from(data, "base64")).fingerprint256).toBe(trust.fingerprint);
  expect(`${pem}${xml}`).not.toContain("PRIVATE KEY");
});

test("without --https there is none to have", async () => {
  const app = await runningApp();
  for (const path of ["/api/trust", "/trust/ca.crt", "/trust/ca.mobileconfig"]) {
    const response = await app.request(`GET ${path}`, { token: null });
    expect([path, response.status, (await problemOf(response)).code]).toEqual([path, 404, "not_found"]);
  }
  expect((await app.request("GET /trust", { token: null })).status).toBe(200);
});

test("a profile of the same authority replaces itself, and a machine's name cannot break it", async () => {
  const trust = await certificate();
  const profile = appleProfile(trust, "</string><key>&");
  expect(profile).toBe(appleProfile(trust, "</string><key>&"));
  expect(profile).toContain("<string>VoxPilot &lt;/string&gt;&lt;key&gt;&amp;</string>");
  const identifier = (text: string) => /<key>PayloadUUID<\/key><string>([^<]+)</.exec(text)?.[1];
  expect(identifier(profile)).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}$/);
  expect(identifier(appleProfile(await certificate(), "studio"))).not.toBe(identifier(profile));
});

test("how the machine is reached is for full devices", async () => {
  const app = await runningApp();
  expect(await app.read("GET /api/reach", Reach)).toEqual({
    addresses: [origin],
    lan: false,
    https: false,
    publicUrl: null,
    trustedProxies: [],
    localName: null,
  });
  const statuses = await Promise.all(
    [null, await app.tokenOf("read"), await app.tokenOf("approve")].map(
      async (token) => (await app.request("GET /api/reach", { token })).status,
    ),
  );
  expect(statuses).toEqual([401, 403, 403]);
});
