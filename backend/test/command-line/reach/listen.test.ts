/** One port that speaks plain http and https: told apart by the first byte, with the same limits and the same end. */
import { once } from "node:events";
import { type Agent, get as getHttps, Agent as HttpsAgent } from "node:https";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { ServerCertificate } from "../../../src/access/tls/server-certificate.ts";
import { addressUrl, boundHost, type Listening, listen } from "../../../src/command-line/reach/listen.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function certificateFor(names: readonly string[]): Promise<ServerCertificate> {
  const directory = await temporaryFolder();
  return ServerCertificate.open({ directory, files: durableFiles, machine: "studio", names });
}

/** Answers with what it heard, and by which way. */
async function startListening(certificate: ServerCertificate): Promise<Listening> {
  const listening = await listen({ host: "127.0.0.1", port: 0, credentials: certificate.credentials });
  onTestFinished(() => listening.close());
  listening.serve((request, response) => {
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (data: string) => {
      body += data;
    });
    request.on("end", () => {
      const isEncrypted = "encrypted" in request.socket;
      response.end(`${request.method} ${request.url} ${isEncrypted ? "https" : "http"} ${body.length}`);
    });
  });
  return listening;
}

function fetchSecure(url: string, options: { ca: string; agent?: Agent }): Promise<string> {
  return new Promise((resolve, reject) => {
    getHttps(url, options, (response) => resolve(text(response))).on("error", reject);
  });
}

async function opened(socket: Socket): Promise<Socket> {
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

test("both are answered on the one port", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const { port } = await startListening(certificate);
  const plain = await fetch(`http://127.0.0.1:${port}/a`, { method: "POST", body: "x".repeat(300_000) });
  expect(await plain.text()).toBe("POST /a http 300000");
  const ca = certificate.authorityPem;
  expect(await fetchSecure(`https://127.0.0.1:${port}/b`, { ca })).toBe("GET /b https 0");
});

test("a request that comes byte by byte is put together on both", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const { port } = await startListening(certificate);
  const request = "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const plain = await opened(connect(port, "127.0.0.1"));
  const secure = connectTls({ port, host: "127.0.0.1", ca: certificate.authorityPem });
  onTestFinished(() => void secure.destroy());
  await once(secure, "secureConnect");
  for (const socket of [plain, secure]) {
    socket.setNoDelay(true);
    for (const byte of request) await new Promise((resolve) => socket.write(byte, resolve));
    expect((await text(socket)).split("\r\n").at(-1)).toMatch(/^GET \/slow https? 0$/);
  }
});

test("only HTTP/1.1 is spoken, on TLS 1.2 at least", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const { port } = await startListening(certificate);
  const ca = certificate.authorityPem;
  const both = connectTls({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2", "http/1.1"] });
  onTestFinished(() => void both.destroy());
  await once(both, "secureConnect");
  expect([both.alpnProtocol, both.getProtocol()]).toEqual(["http/1.1", "TLSv1.3"]);
  const old = connectTls({ port, host: "127.0.0.1", ca, maxVersion: "TLSv1.1", minVersion: "TLSv1" });
  await expect(once(old, "secureConnect")).rejects.toThrow();
});

test("a renewed certificate is for new connections; an open one goes on", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const listening = await startListening(certificate);
  const { port } = listening;
  const ca = certificate.authorityPem;
  const agent = new HttpsAgent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const seen: string[] = [];
  agent.on("free", (socket: TLSSocket) => seen.push(socket.getPeerCertificate().fingerprint256));
  await fetchSecure(`https://127.0.0.1:${port}/`, { ca, agent });
  expect(await certificate.refresh(["127.0.0.1", "10.1.2.3"])).toBe(true);
  listening.renew(certificate.credentials);
  expect(await fetchSecure(`https://127.0.0.1:${port}/again`, { ca, agent })).toBe("GET /again https 0");
  const fresh = connectTls({ port, host: "127.0.0.1", ca });
  onTestFinished(() => void fresh.destroy());
  await once(fresh, "secureConnect");
  expect(new Set(seen).size).toBe(1);
  expect(fresh.getPeerCertificate().subjectaltname).toContain("10.1.2.3");
  expect(fresh.getPeerCertificate().fingerprint256).not.toBe(seen[0]);
});

test("NET-26: rubbish and broken handshakes cost their own connection alone", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const { port } = await startListening(certificate);
  const rubbish = [
    Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]),
    Buffer.from([0]),
    "\r\n\r\n\r\n",
    "\u00ff\u00ff",
  ];
  for (const bytes of rubbish) {
    const socket = await opened(connect(port, "127.0.0.1"));
    socket.on("error", () => undefined);
    socket.end(bytes);
    await once(socket.resume(), "close");
  }
  expect(await fetchSecure(`https://127.0.0.1:${port}/`, { ca: certificate.authorityPem })).toBe(
    "GET / https 0",
  );
});

test("connections that say nothing do not hold up the end", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const listening = await startListening(certificate);
  const silent = await opened(connect(listening.port, "127.0.0.1"));
  const halfway = await opened(connect(listening.port, "127.0.0.1"));
  halfway.write(Buffer.from([0x16, 0x03, 0x01]));
  const closed = [once(silent.resume(), "close"), once(halfway.resume(), "close")];
  await listening.close();
  await Promise.all(closed);
  expect([silent.destroyed, halfway.destroyed]).toEqual([true, true]);
});

test("NET-26: headers over 16 kB are 431, two lengths are 400, on both", async () => {
  const certificate = await certificateFor(["127.0.0.1"]);
  const { port } = await startListening(certificate);
  const requests = [
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`, "431"],
    ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"],
  ] as const;
  for (const [request, status] of requests) {
    const plain = await opened(connect(port, "127.0.0.1"));
    const secure = connectTls({ port, host: "127.0.0.1", ca: certificate.authorityPem });
    await once(secure, "secureConnect");
    for (const socket of [plain, secure]) {
      socket.on("error", () => undefined);
      socket.write(request);
      const [head] = await once(socket, "data");
      expect(String(head).slice(9, 12)).toBe(status);
      socket.destroy();
    }
  }
});

test.each([
  [{ scheme: "http", host: "::1", port: 8000 }, "http://[::1]:8000"],
  [{ scheme: "https", host: "studio.local", port: 443 }, "https://studio.local"],
  [{ scheme: "http", host: "10.0.0.1", port: 443 }, "http://10.0.0.1:443"],
] as const)("%j is %s", (place, origin) => {
  expect(addressUrl(place)).toBe(origin);
});

test("--lan listens on every address, whatever the host says", () => {
  expect(boundHost({ host: "127.0.0.1", lan: true })).toBe("::");
  expect(boundHost({ host: "192.168.1.7", lan: false })).toBe("192.168.1.7");
});
