/** Bundles the back end: the program as one script with its code cache, and large packages that are loaded when something first needs them. */

import { existsSync } from "node:fs";
import { chmod, cp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { builtServer, packageRoot } from "./paths.mjs";
import { writeCodeCache } from "./write-code-cache.ts";

const output = `${packageRoot}backend/dist`;
const sampleProject = `${packageRoot}backend/src/demo/sample-project`;

/** Packages in files of their own: most are large, and all are loaded on first use. Their file's name by theirs. */
const lazyPackages: Readonly<Record<string, string>> = {
  "@peculiar/x509": "x509",
  "bonjour-service": "bonjour",
  openai: "openai",
  "reflect-metadata": "reflect-metadata",
  undici: "undici",
};

const lazyFiles: Plugin = {
  name: "lazy-files",
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(lazyPackages).join("|")})$`) }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `./${lazyPackages[path]}.js`, external: true } : undefined,
    );
  },
};

/** The server speaks HTTP/1.1; its library only asks of each request whether it is of HTTP/2, which takes long to load. */
const withoutHttp2: Plugin = {
  name: "without-http2",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http2$/ }, ({ importer }) =>
      importer.includes("/@hono/node-server/") ? { path: "http2", namespace: "without-http2" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "without-http2" }, () => ({
      contents: "export class Http2ServerRequest {}\nexport const constants = {};",
    }));
  },
};

const shared: BuildOptions = {
  absWorkingDir: packageRoot,
  outdir: output,
  bundle: true,
  platform: "node",
  target: "node20.19",
  minify: true,
  legalComments: "none",
  format: "cjs",
  // Code that comes from a cache cannot import; it can require.
  supported: { "dynamic-import": false },
};

/** The whole program, all of ours; files are found from `ownUrl`, which `built-program.ts` gives it. */
const program: BuildOptions = {
  ...shared,
  entryPoints: { server: "backend/src/main.ts" },
  entryNames: "[name]-[hash]",
  define: { "import.meta.url": "ownUrl", "import.meta.dirname": "__dirname" },
  metafile: true,
  plugins: [lazyFiles, withoutHttp2],
};

const packages: BuildOptions = {
  ...shared,
  entryPoints: Object.entries(lazyPackages).map(([name, file]) => ({ in: name, out: file })),
};

/** The thread that reads large imports, whole in one file: it shares nothing with the server that would slow the server's start. */
const importWorker: BuildOptions = {
  ...shared,
  entryPoints: { "import-worker": "backend/src/sessions/transfer/import/import-worker.ts" },
};

/** Writes `backend/dist` anew. Resolves to the program's size in bytes. */
export async function buildBackend(): Promise<number> {
  await rm(output, { recursive: true, force: true });
  const [bundle] = await Promise.all([buildProgram(), build(packages), build(importWorker)]);
  if (existsSync(sampleProject)) await cp(sampleProject, `${output}/sample-project`, { recursive: true });
  await buildEntry(basename(bundle));
  writeCodeCache(bundle);
  return (await stat(bundle)).size;
}

/** Resolves to where the bundle lies, absolute. */
async function buildProgram(): Promise<string> {
  const { metafile } = await build(program);
  const [path] = Object.keys(metafile?.outputs ?? {});
  if (path === undefined) throw new Error("Nothing was bundled.");
  const bundle = `${packageRoot}${path}`;
  await writeFile(bundle, asciiAlone(await readFile(bundle, "utf8")));
  return bundle;
}

/** esbuild escapes what is not ASCII in strings and templates, but not in regular expressions. */
function asciiAlone(script: string): string {
  if (/\\[^\0-\x7f]/.test(script))
    throw new Error("A regular expression escapes a character that needs none.");
  return script.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function buildEntry(bundleName: string): Promise<void> {
  await build({
    ...shared,
    entryPoints: { voxpilot: "backend/src/built-entry.ts" },
    banner: { js: "#!/usr/bin/env node" },
    define: { builtBundle: JSON.stringify(bundleName), "import.meta.dirname": "__dirname" },
  });
  // All of them are scripts, which Node starts sooner than modules.
  await writeFile(`${output}/package.json`, JSON.stringify({ type: "commonjs" }));
  await chmod(builtServer, 0o755);
}
