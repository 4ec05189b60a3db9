/** VoxPilot behind each proxy that the documents name: paired, streamed and reached through it, with its very headers. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { ServerCertificate } from "../backend/src/access/tls/server-certificate.ts";
import { durableFiles } from "../backend/src/workspace/durable-files.ts";
import { freePort } from "../scripts/free-port.ts";
import { packageRoot } from "../scripts/paths.mjs";
import { type Product, startProduct } from "./support/product.ts";
import { findProgram } from "./support/programs.ts";
import {
  type ProxyPlan,
  playedProxies,
  playProxy,
  publicName,
  type RunningProxy,
  startCaddy,
  startNginx,
} from "./support/proxies.ts";

const Devices = z.object({
  devices: z.array(z.object({ name: z.string(), lastAddress: z.string().nullable() })),
});
const Projects = z.object({ projects: z.array(z.object({ id: z.string() })) });

let folder: string;
let authority: string;
let files: Pick<ProxyPlan, "certificate" | "key">;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxpilot-proxies-"));
  const made = await ServerCertificate.open({
    directory: folder,
    files: durableFiles,
    machine: "test",
    names: [publicName],
  });
  authority = made.authorityPem;
  files = { certificate: join(folder, "site.crt"), key: join(folder, "site.key") };
  await writeFile(files.certificate, made.credentials.cert);
  await writeFile(files.key, made.credentials.key);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Stage {
  readonly product: Product;
  readonly origin: string;
  ask(call: string, more?: { headers?: Record<string, string>; body?: unknown }): Promise<IncomingMessage>;
}

const startLine = /^(?:VOXPILOT_\w+=\S+ )+npm start$/m;

/** The variables of the start line on a page of `docs/`, with the test's own public address. */
async function documented(page: string, origin: string): Promise<Record<string, string>> {
  const [line] = startLine.exec(await readFile(`${packageRoot}docs/${page}`, "utf8")) ?? [];
  if (line === undefined) throw new Error(`docs/${page} does not say how to start VoxPilot.`);
  const variables = line.split(" ").slice(0, -2);
  const said = Object.fromEntries(variables.map((variable) => variable.split("=", 2)));
  expect(Object.keys(said)).toContain("VOXPILOT_PUBLIC_URL");
  return { ...said, VOXPILOT_PUBLIC_URL: origin };
}

interface Behind {
  /** In `docs/`: VoxPilot is started as it says. */
  readonly page: string;
  readonly start: (plan: ProxyPlan) => Promise<RunningProxy>;
}

/** Starts VoxPilot as the document says, and a proxy before it; `work` speaks to the proxy alone. */
async function behind({ page, start }: Behind, work: (stage: Stage) => Promise<void>): Promise<void> {
  const port = await freePort();
  const origin = `https://${publicName}:${port}`;
  const product = await startProduct({ words: ["demo"], environment: await documented(page, origin) });
  const backendPort = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(product.printed())?.[1]);
  const proxy = await start({ folder, port, backendPort, ...files });
  try {
    await work({ product, origin, ask: (call, more) => ask({ port, call, ...more }) });
  } finally {
    await proxy.close();
    await product.stop();
  }
}

interface Asking {
  readonly port: number;
  readonly call: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A second loopback address tells the browser from the proxy; only Linux has one without being told. */
const clientAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";

function ask({ port, call, headers = {}, body }: Asking): Promise<IncomingMessage> {
  const [method, path] = call.split(" ");
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        servername: publicName,
        localAddress: clientAddress,
        port,
        ca: authority,
        method,
        path,
        headers: {
          host: `${publicName}:${port}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
      },
      resolve,
    );
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const parsed = async (answer: IncomingMessage): Promise<unknown> => JSON.parse(await text(answer));
const statusOf = (answer: IncomingMessage) => {
  answer.resume();
  return answer.statusCode;
};

/** Everything that must hold behind any proxy. `client`: whom the proxy names. */
async function checkAll({ product, origin, ask }: Stage, client: string): Promise<void> {
  expect(statusOf(await ask("GET /api/health"))).toBe(200);
  // NET-19: whatever the proxy says of its user lets nobody in.
  expect(statusOf(await ask("GET /api/device"))).toBe(401);
  expect(product.pairingLink.startsWith(`${origin}/pair#`)).toBe(true);

  const code = product.pairingLink.split("#")[1] ?? "";
  const pair = (from: string) =>
    ask("POST /api/pair", { headers: { origin: from }, body: { code, name: "phone" } });
  const foreign = [
    origin.replace("https:", "http:"),
    "https://evil.example",
    `https://${publicName}`,
    "http://127.0.0.1:8000",
  ];
  for (const from of foreign) expect([from, statusOf(await pair(from))]).toEqual([from, 403]);
  const paired = await pair(origin);
  expect(paired.statusCode).toBe(200);
  const [set = ""] = paired.headers["set-cookie"] ?? [];
  expect(set).toMatch(
    /^__Host-voxpilot_device_demo=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(await parsed(paired)).toMatchObject({
    server: { address: origin, https: true, notEncrypted: false },
  });

  const headers = { cookie: set.split(";")[0] ?? "", origin };
  const forged = { ...headers, "x-forwarded-for": "203.0.113.66", "x-forwarded-host": "evil.example" };
  expect(statusOf(await ask("GET /api/device", { headers: forged }))).toBe(200);
  const { devices } = Devices.parse(await parsed(await ask("GET /api/devices", { headers })));
  expect(devices).toEqual([{ name: "phone", lastAddress: client }]);

  await checkStream(ask, headers);
}

/** An event that happens later comes at once, and not when a buffer is full or the stream ends. */
async function checkStream(ask: Stage["ask"], headers: Record<string, string>): Promise<void> {
  const { projects } = Projects.parse(await parsed(await ask("GET /api/projects", { headers })));
  const stream = await ask("GET /api/events", { headers: { ...headers, accept: "text/event-stream" } });
  expect([stream.statusCode, stream.headers["content-type"]]).toEqual([200, "text/event-stream"]);
  let heard = "";
  stream.setEncoding("utf8");
  const until = async (word: string) => {
    for await (const data of stream.iterator({ destroyOnReturn: false })) {
      heard += data;
      if (heard.includes(word)) return;
    }
    throw new Error(`The stream ended without ${word}.`);
  };
  await until("event: snapshot");
  const body = { project: projects[0]?.id, title: "seen at once" };
  expect(statusOf(await ask("POST /api/sessions", { headers, body }))).toBe(201);
  await until("seen at once");
  stream.destroy();
}

const played = [
  { name: "tailscale serve", page: "tailscale.md" },
  { name: "cloudflared", page: "cloudflare-tunnel.md" },
  { name: "an authenticating proxy", page: "nginx.md" },
];

test.each(played)(
  "NET-19: behind $name, as it speaks, started as docs/$page says",
  async ({ name, page }) => {
    const rewrite = playedProxies[name];
    if (rewrite === undefined) throw new Error(name);
    const client = "203.0.113.9";
    await behind({ page, start: (plan) => playProxy(plan, rewrite, client) }, (stage) =>
      checkAll(stage, client),
    );
  },
);

test.runIf(findProgram("nginx") !== null)("behind nginx itself, with the file of docs/nginx.md", async () => {
  await behind({ page: "nginx.md", start: startNginx }, (stage) => checkAll(stage, clientAddress));
});

test.runIf(findProgram("caddy") !== null)("behind Caddy itself, with the file of docs/caddy.md", async () => {
  await behind({ page: "caddy.md", start: startCaddy }, (stage) => checkAll(stage, clientAddress));
});
