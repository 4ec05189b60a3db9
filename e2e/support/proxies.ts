/** What stands before VoxPilot: each proxy with exactly the headers that it sends, and the real ones where they are installed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { packageRoot } from "../../scripts/paths.mjs";
import { findProgram } from "./programs.ts";

export const publicName = "studio.example.org";

/** Where a proxy listens, and what it needs for that. */
export interface ProxyPlan {
  /** For its files. */
  readonly folder: string;
  readonly port: number;
  readonly backendPort: number;
  /** Paths of PEM files for `publicName`. */
  readonly certificate: string;
  readonly key: string;
}

export interface RunningProxy {
  close(): Promise<void>;
}

/** The headers that a proxy sends on, from those that came; `client` is the address of whoever asked. */
type Rewriting = (headers: IncomingHttpHeaders, client: string) => IncomingHttpHeaders;

const withClient = (headers: IncomingHttpHeaders, client: string) =>
  headers["x-forwarded-for"] === undefined ? client : `${headers["x-forwarded-for"]}, ${client}`;

/** `tailscale serve` sets who is asking; Cloudflare's edge and `cloudflared` where the request came in. */
export const playedProxies: Readonly<Record<string, Rewriting>> = {
  "tailscale serve": (headers, client) => ({
    ...headers,
    "x-forwarded-for": client,
    "x-forwarded-host": headers.host,
    "x-forwarded-proto": "https",
    "tailscale-user-login": "alice@example.org",
    "tailscale-user-name": "Alice",
    "tailscale-user-profile-pic": "https://example.org/alice.png",
    "tailscale-headers-info": "https://tailscale.com/s/serve-headers",
  }),
  cloudflared: (headers, client) => ({
    ...headers,
    "x-forwarded-for": withClient(headers, client),
    "x-forwarded-proto": "https",
    "accept-encoding": "gzip, br",
    "cdn-loop": "cloudflare; loops=1",
    "cf-connecting-ip": client,
    "cf-ipcountry": "DE",
    "cf-ray": "8f0000000000abcd-FRA",
    "cf-visitor": '{"scheme":"https"}',
    "cf-warp-tag-id": "00000000-0000-4000-8000-000000000000",
    "cf-access-authenticated-user-email": "alice@example.org",
    "cf-access-jwt-assertion": "eyJhbGciOiJSUzI1NiJ9.e30.x",
    connection: "keep-alive",
  }),
  "an authenticating proxy": (headers, client) => ({
    ...headers,
    "x-forwarded-for": withClient(headers, client),
    forwarded: `for=${client};host=evil.example;proto=http`,
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-user": "alice",
    "x-webauth-user": "alice",
    "x-auth-request-email": "alice@example.org",
    "remote-user": "alice",
    "x-original-url": "/api/device",
    "x-real-ip": "127.0.0.1",
  }),
};

/** Plays a proxy: ends TLS, rewrites headers, and hands on what comes as it comes. Who asks is told to be `client`. */
export async function playProxy(plan: ProxyPlan, rewrite: Rewriting, client: string): Promise<RunningProxy> {
  const tls = { key: await readFile(plan.key), cert: await readFile(plan.certificate) };
  const server = createServer(tls, (incoming, outgoing) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port: plan.backendPort,
        method: incoming.method,
        path: incoming.url,
        headers: rewrite(incoming.headers, client),
      },
      (answer: IncomingMessage) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        outgoing.flushHeaders();
        answer.pipe(outgoing);
      },
    );
    asked.on("error", () => outgoing.destroy());
    outgoing.on("close", () => asked.destroy());
    incoming.pipe(asked);
  }).listen(plan.port, "127.0.0.1");
  await once(server, "listening");
  return {
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** nginx with the file of `docs/nginx.md`, but for places that a test cannot use. */
export async function startNginx(plan: ProxyPlan): Promise<RunningProxy> {
  const block = (await exampleOf("docs/nginx.md", "nginx"))
    .replace("listen 443 ssl http2;", `listen 127.0.0.1:${plan.port} ssl http2;`)
    .replace(`/etc/ssl/${publicName}.crt`, plan.certificate)
    .replace(`/etc/ssl/${publicName}.key`, plan.key)
    .replace("http://127.0.0.1:8000", `http://127.0.0.1:${plan.backendPort}`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${plan.folder}/${name};`)
    .join("\n");
  const file = join(plan.folder, "nginx.conf");
  await writeFile(
    file,
    `daemon off; master_process off; pid ${plan.folder}/nginx.pid; error_log stderr;
events {}
http { access_log off; ${folders}
${block}}`,
  );
  const words = ["-e", "stderr", "-p", plan.folder, "-c", file];
  return await startProxy(plan, spawn(findProgram("nginx") ?? "nginx", words, { stdio: "ignore" }));
}

/** Caddy with the file of `docs/caddy.md`, but for places that a test cannot use. */
export async function startCaddy(plan: ProxyPlan): Promise<RunningProxy> {
  const block = (await exampleOf("docs/caddy.md", "caddyfile"))
    .replace(
      `${publicName} {`,
      `https://${publicName}:${plan.port} {\n\tbind 127.0.0.1\n\ttls ${plan.certificate} ${plan.key}`,
    )
    .replace("127.0.0.1:8000", `127.0.0.1:${plan.backendPort}`);
  const file = join(plan.folder, "Caddyfile");
  await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${block}`);
  const child = spawn(findProgram("caddy") ?? "caddy", ["run", "--config", file, "--adapter", "caddyfile"], {
    env: {
      PATH: process.env.PATH,
      HOME: plan.folder,
      XDG_DATA_HOME: plan.folder,
      XDG_CONFIG_HOME: plan.folder,
    },
    stdio: "ignore",
  });
  return await startProxy(plan, child);
}

/** The one example of a kind that a page of the documents shows. */
async function exampleOf(page: string, language: string): Promise<string> {
  const text = await readFile(`${packageRoot}${page}`, "utf8");
  const [, example] = new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``).exec(text) ?? [];
  if (example === undefined) throw new Error(`${page} shows no ${language}.`);
  return example;
}

async function startProxy({ port }: ProxyPlan, child: ChildProcess): Promise<RunningProxy> {
  const ended = once(child, "exit");
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`The proxy ended with ${child.exitCode}.`);
    await delay(20);
  }
  return {
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
