/** The built page: its files from memory, compressed as the browser likes them, and `index.html` for every page address. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";

/** The addresses of the page's own places. */
const pagePath =
  /^\/(?:new|pair|trust|settings(?:\/[a-z-]+)?|s\/[A-Za-z0-9_-]{1,64}(?:\/(?:review|changes|terminal|preview|info|files(?:\/.*)?))?)?$/;
/** Nothing but plain names: no dot files, no `..`, no encoded separators. */
const filePath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
/** What the build names by its content, so that it never changes. */
const hashedName = /^\/assets\/.*-[A-Z0-9]{8}\.[a-z0-9]+(?:\.br|\.gz)?$/;

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

const encodings = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

interface StaticFile {
  readonly body: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
}

/** Serves one folder. Each file is read once, and again when it was built anew. */
export class StaticFiles {
  readonly #root: string;
  readonly #cache = new Map<string, StaticFile>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Answers a GET or HEAD that is not for the API. */
  async respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pagePath.test(pathname)) return (await this.#send("/index.html", request)) ?? notBuilt();
    const found = isServed(pathname) ? await this.#send(pathname, request) : null;
    return found ?? notFound();
  }

  async #send(path: string, request: Request): Promise<Response | null> {
    const accepted = acceptedEncodings(request.headers.get("accept-encoding"));
    for (const { name, suffix } of encodings) {
      const compressed = accepted.has(name) ? await this.#load(`${path}${suffix}`) : null;
      if (compressed !== null) return answer({ path, file: compressed, encoding: name, request });
    }
    const plain = await this.#load(path);
    return plain === null ? null : answer({ path, file: plain, encoding: null, request });
  }

  async #load(path: string): Promise<StaticFile | null> {
    const cached = this.#cache.get(path);
    if (cached !== undefined && hashedName.test(path)) return cached;
    const absolute = join(this.#root, path);
    const found = await stat(absolute).catch(() => null);
    if (found === null || !found.isFile()) return null;
    if (cached?.modifiedMs === found.mtimeMs) return cached;
    const body = await readFile(absolute);
    const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
    const file = { body, etag, modifiedMs: found.mtimeMs };
    this.#cache.set(path, file);
    return file;
  }
}

/** Whether an address may be a file of the page, such as a script or an icon: never a page or a call. */
export function isServed(pathname: string): boolean {
  return filePath.test(pathname) && extname(pathname) in contentTypes && pathname !== "/index.html";
}

interface Answer {
  readonly path: string;
  readonly file: StaticFile;
  readonly encoding: "br" | "gzip" | null;
  readonly request: Request;
}

function answer({ path, file, encoding, request }: Answer): Response {
  const headers = new Headers({
    "content-type": contentTypes[extname(path)] ?? "application/octet-stream",
    "cache-control": hashedName.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag: file.etag,
  });
  if (encoding !== null) headers.set("content-encoding", encoding);
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  return new Response(new Uint8Array(file.body), { status: 200, headers });
}

function acceptedEncodings(header: string | null): ReadonlySet<string> {
  const offers = (header ?? "").split(",").map((part) => part.trim().toLowerCase());
  return new Set(
    offers
      .filter((offer) => !/;\s*q=0(?:\.0*)?$/.test(offer))
      .map((offer) => offer.replace(/;.*$/, "").trim()),
  );
}

function notFound(): Response {
  const body =
    '<!doctype html><html lang="en"><title>Not found</title><p>There is nothing here. <a href="/">VoxPilot</a></p></html>';
  return new Response(body, { status: 404, headers: { "content-type": "text/html; charset=utf-8" } });
}

function notBuilt(): Response {
  return new Response("The page is not built yet. Run `npm run build`.\n", {
    status: 503,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
