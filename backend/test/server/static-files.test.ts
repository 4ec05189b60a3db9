/** The built page over HTTP: page addresses, hashed files, compression, and nothing beside them. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { StaticFiles } from "../../src/server/static-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const page = "<!doctype html><title>VoxPilot</title>";
const script = "export const answer = 42;";

async function builtPage(): Promise<{ files: StaticFiles; root: string }> {
  const folder = await temporaryFolder();
  const root = join(folder, "dist");
  await mkdir(join(root, "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(root, "index.html"), page);
  await writeFile(join(root, ".hidden.txt"), "secret");
  await writeFile(join(root, "manifest.webmanifest"), "{}");
  await writeFile(join(root, "icon-maskable.png"), "png");
  await writeFile(join(root, "assets/main-ABCD2345.js"), script);
  await writeFile(join(root, "assets/main-ABCD2345.js.br"), brotliCompressSync(script));
  await writeFile(join(root, "assets/main-ABCD2345.js.gz"), gzipSync(script));
  return { files: new StaticFiles(root), root };
}

const get = (path: string, headers: Record<string, string> = {}) =>
  new Request(`http://127.0.0.1:8000${path}`, { headers });

test.each([
  "/",
  "/?start",
  "/new",
  "/pair",
  "/trust",
  "/s/abcd1234",
  "/s/abcd1234/review?scope=turn&file=a",
  "/s/abcd1234/changes",
  "/s/abcd1234/files/src/a%20b.ts",
  "/settings",
  "/settings/devices",
])("%s is answered with the page", async (path) => {
  const { files } = await builtPage();
  const response = await files.respond(get(path));
  expect([response.status, await response.text()]).toEqual([200, page]);
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test.each([
  "/nothing",
  "/trust/",
  "/trust/ca.key",
  "/s",
  "/s/abcd1234/other",
  "/index.html",
  "/.hidden.txt",
  "/assets",
  "/assets/",
  "/assets/main-ABCD2345.js.br",
  "/assets/none-ABCD2345.js",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/assets/%00",
  "//evil.example/",
])("%s is not found", async (path) => {
  const { files } = await builtPage();
  const response = await files.respond(get(path));
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("secret");
});

test("a file with a hash in its name is kept for ever, any other is asked for again", async () => {
  const { files } = await builtPage();
  const cacheOf = async (path: string) => (await files.respond(get(path))).headers.get("cache-control");
  expect(await cacheOf("/assets/main-ABCD2345.js")).toBe("public, max-age=31536000, immutable");
  expect(await cacheOf("/manifest.webmanifest")).toBe("no-cache");
  expect(await cacheOf("/icon-maskable.png")).toBe("no-cache");
});

test.each([
  ["br, gzip", "br"],
  ["gzip, deflate", "gzip"],
  ["gzip;q=0.5, br;q=0", "gzip"],
  ["identity", null],
])("with Accept-Encoding %s it is sent as %s", async (accepted, encoding) => {
  const { files } = await builtPage();
  const response = await files.respond(get("/assets/main-ABCD2345.js", { "accept-encoding": accepted }));
  expect(response.headers.get("content-encoding")).toBe(encoding);
  expect(response.headers.get("vary")).toBe("accept-encoding");
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
});

test("what a browser has already is not sent again, until it was built anew", async () => {
  const { files, root } = await builtPage();
  const first = await files.respond(get("/"));
  const condition = { "if-none-match": first.headers.get("etag") ?? "" };
  expect((await files.respond(get("/", condition))).status).toBe(304);
  await writeFile(join(root, "index.html"), "<!doctype html><title>new</title>");
  const changed = await files.respond(get("/", condition));
  expect([changed.status, await changed.text()]).toEqual([200, "<!doctype html><title>new</title>"]);
});

test("a page that is not built says how to build it", async () => {
  const response = await new StaticFiles(join(await temporaryFolder(), "dist")).respond(get("/"));
  expect(response.status).toBe(503);
  expect(await response.text()).toContain("npm run build");
});
