/** Bundles the back end: one entry, and chunks that are loaded when something first needs them. */

import { existsSync } from "node:fs";
import { chmod, cp, readFile, rm, writeFile } from "node:fs/promises";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { builtServer, packageRoot } from "./paths.mjs";

const output = `${packageRoot}backend/dist`;
const sampleProject = `${packageRoot}backend/src/demo/sample-project`;

/** Packages that carry a binary or wasm, which cannot be bundled. */
const external = ["@vscode/ripgrep"];

/** CommonJS packages in the bundle ask for Node's modules by `require`, which an ES module does not have. */
const requireBanner = [
  'import { createRequire as voxpilotCreateRequire } from "node:module";',
  "const require = voxpilotCreateRequire(import.meta.url);",
].join("\n");

/** CommonJS packages that are loaded on first use. */
const lazyCommonJs = ["undici"];

/** In a chunk of its own, esbuild gives a CommonJS package no named exports, as Node does: so they are named here. */
const namedExports: Plugin = {
  name: "named-exports",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${lazyCommonJs.join("|")})$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, namespace: "named-exports" } : undefined,
    );
    onLoad({ filter, namespace: "named-exports" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(
        (name) => /^[A-Za-z]\w*$/.test(name) && name !== "default",
      );
      return { contents: `export { ${names.join(", ")} } from "${path}";`, resolveDir: packageRoot };
    });
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

const options: BuildOptions = {
  absWorkingDir: packageRoot,
  entryPoints: { voxpilot: "backend/src/main.ts" },
  outdir: output,
  // Chunks lie beside the entry, so that files are found from `import.meta.url` in every one of them alike.
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  legalComments: "none",
  external,
  banner: { js: requireBanner },
  plugins: [namedExports, withoutHttp2],
};

/** The thread that reads large imports, whole in one file: it shares nothing with the server that would slow the server's start. */
const importWorker: BuildOptions = {
  ...options,
  entryPoints: { "import-worker": "backend/src/sessions/transfer/import/import-worker.ts" },
  splitting: false,
};

/** Writes `backend/dist` anew. Resolves to the entry's size in bytes. */
export async function buildBackend(): Promise<number> {
  await rm(output, { recursive: true, force: true });
  await Promise.all([build(options), build(importWorker)]);
  const entry = `#!/usr/bin/env node\n${await readFile(builtServer, "utf8")}`;
  await writeFile(builtServer, entry);
  await chmod(builtServer, 0o755);
  if (existsSync(sampleProject)) await cp(sampleProject, `${output}/sample-project`, { recursive: true });
  return Buffer.byteLength(entry);
}
