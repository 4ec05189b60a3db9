/** Bundles the page: hashed names, a page that names them, and compressed copies of everything that is text. */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { packageRoot } from "./paths.mjs";

export const pageOutput = `${packageRoot}frontend/dist`;
const publicFolder = `${packageRoot}frontend/public`;
const scriptEntry = "frontend/src/main.ts";
const styleEntry = "frontend/src/styles/main.css";
/** What is not on the first screen: the page names it, and fetches it with the first part that needs it. */
const laterStyleEntry = "frontend/src/styles/later.css";
const textExtensions = new Set([".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".txt"]);

/** The names that `frontend/public/index.html` uses for what only the build knows. */
const placeholders = {
  [scriptEntry]: "/assets/main.js",
  [styleEntry]: "/assets/main.css",
  [laterStyleEntry]: "/assets/later.css",
};

export const pageOptions = {
  absWorkingDir: packageRoot,
  entryPoints: [scriptEntry, styleEntry, laterStyleEntry],
  outdir: "frontend/dist/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "browser",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  minify: true,
  legalComments: "none",
  metafile: true,
} satisfies BuildOptions;

/** What comes right after the start, for the first prompt; what is of a session shares most of it. */
const secondEntry = "frontend/src/views/sessions/writing-help.ts";
const ofSession =
  /\/views\/(?:asking|attachments|composer|entries|pickers|queue|review|session|session-sheets|transcript-view)\//;

/**
 * Bundles for delivery. esbuild makes a chunk of what each set of lazy parts shares with the start, dozens of them; here
 * every lazy part is said to import the start, so that what the start needs is shared by all of them alike: one chunk.
 * In the same way the parts of a session import what helps to write, which would come in seven pieces otherwise.
 */
export async function bundlePage(): Promise<Metafile> {
  const { metafile } = await build({ ...pageOptions, write: false });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const lazy = imports
    .filter(({ kind }) => kind === "dynamic-import")
    .map(({ path }) => `${packageRoot}${path}`);
  const result = await build({ ...pageOptions, plugins: [importingEarlier(new Set(lazy))] });
  return result.metafile;
}

function importingEarlier(lazy: ReadonlySet<string>): Plugin {
  return {
    name: "importing-earlier",
    setup({ onLoad }) {
      onLoad({ filter: /\/frontend\/src\/.*\.ts$/ }, async ({ path }) => {
        if (!lazy.has(path)) return undefined;
        const earlier = ofSession.test(path) ? [scriptEntry, secondEntry] : [scriptEntry];
        const lines = earlier.map((entry) => `import ${JSON.stringify(`${packageRoot}${entry}`)};`);
        return { contents: `${await readFile(path, "utf8")}\n${lines.join("\n")}\n`, loader: "ts" };
      });
    },
  };
}

export async function emptyPageOutput(): Promise<void> {
  await rm(pageOutput, { recursive: true, force: true });
  await mkdir(pageOutput, { recursive: true });
}

/** Copies the public files and writes `index.html` with the names that esbuild gave. */
export async function writePage(metafile: Metafile): Promise<void> {
  await cp(publicFolder, pageOutput, { recursive: true });
  const page = Object.entries(placeholders).reduce(
    (html, [entry, placeholder]) => replaceOnce(html, placeholder, addressOf(metafile, entry)),
    await readFile(`${publicFolder}/index.html`, "utf8"),
  );
  const icon = await readFile(`${publicFolder}${restingIcon}`, "utf8");
  const whole = replaceOnce(page, restingIcon, `data:image/svg+xml,${encodeURIComponent(icon.trim())}`);
  await writeFile(`${pageOutput}/index.html`, withPreloads(whole, metafile));
}

/** Written into the page: a browser asks for a named one anew at every change of the address. */
const restingIcon = "/icon-unlit.svg";

/** Public files that the page needs without a network too. */
const pageNeeds = ["/theme.js", "/icon.svg", "/manifest.webmanifest"];

/** Bundles the worker that keeps the page: it is told every file of this build. Call it once the page is written. */
export async function bundleWorker(metafile: Metafile): Promise<void> {
  const bundled = Object.keys(metafile.outputs).map((path) => path.replace("frontend/dist", ""));
  const files = [...bundled.filter((path) => /\.(?:js|css)$/.test(path)), ...pageNeeds].toSorted();
  const hash = createHash("sha256");
  for (const file of ["/index.html", ...files])
    hash.update(file).update(await readFile(`${pageOutput}${file}`));
  await build({
    absWorkingDir: packageRoot,
    entryPoints: ["frontend/src/service-worker.ts"],
    outfile: `${pageOutput}/service-worker.js`,
    bundle: true,
    format: "iife",
    platform: "browser",
    target: pageOptions.target,
    minify: pageOptions.minify,
    legalComments: "none",
    define: {
      builtFiles: JSON.stringify(files),
      builtVersion: JSON.stringify(hash.digest("hex").slice(0, 16)),
    },
  });
}

/** Writes `.br` and `.gz` beside every text file of the page. */
export async function compressPage(): Promise<void> {
  const entries = await readdir(pageOutput, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && textExtensions.has(extname(entry.name)));
  await Promise.all(files.map((entry) => compressFile(`${entry.parentPath}/${entry.name}`)));
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  const parameters = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: parameters }));
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

/** The files of a first load: what `index.html` names, with everything those import at once; relative to the output. */
export function firstLoadFiles(metafile: Metafile): readonly string[] {
  const entries = [scriptEntry, styleEntry].map((entry) => outputOf(metafile, entry));
  const scripts = entries.flatMap((entry) => [entry, ...staticImports(metafile, entry)]);
  return [...new Set(scripts)].map((path) => path.replace("frontend/dist/", ""));
}

function staticImports(metafile: Metafile, output: string, seen = new Set<string>()): readonly string[] {
  for (const { path, kind } of metafile.outputs[output]?.imports ?? []) {
    if (kind !== "import-statement" || seen.has(path)) continue;
    seen.add(path);
    staticImports(metafile, path, seen);
  }
  return [...seen];
}

function outputOf(metafile: Metafile, entry: string): string {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entry);
  if (!found) throw new Error(`The build made nothing of ${entry}.`);
  return found[0];
}

function addressOf(metafile: Metafile, entry: string): string {
  return outputOf(metafile, entry).replace("frontend/dist", "");
}

function replaceOnce(html: string, placeholder: string, address: string): string {
  const parts = html.split(placeholder);
  if (parts.length !== 2)
    throw new Error(`frontend/public/index.html must name ${placeholder} exactly once.`);
  return parts.join(address);
}

/** Chunks that the entry imports at once are named in the page, so that they load beside it and not after it. */
function withPreloads(html: string, metafile: Metafile): string {
  const chunks = staticImports(metafile, outputOf(metafile, scriptEntry));
  const links = chunks.map(
    (path) => `<link rel="modulepreload" href="${path.replace("frontend/dist", "")}">`,
  );
  return html.replace("</head>", `${links.join("")}</head>`);
}
