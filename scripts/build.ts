/** `npm run build`: both sides, then what a first load of the page weighs. */
import { stat } from "node:fs/promises";
import { buildBackend } from "./build-backend.ts";
import {
  bundlePage,
  bundleWorker,
  compressPage,
  emptyPageOutput,
  firstLoadFiles,
  pageOutput,
  writePage,
} from "./build-frontend.ts";
import { stampBuild } from "./build-stamp.mjs";

/** A first load also fetches the page itself and what it names beside the bundles. */
const pageFiles = ["index.html", "theme.js"];

async function buildFrontend(): Promise<readonly string[]> {
  await emptyPageOutput();
  const metafile = await bundlePage();
  await writePage(metafile);
  await bundleWorker(metafile);
  await compressPage();
  return [...pageFiles, ...firstLoadFiles(metafile)];
}

async function compressedSize(path: string): Promise<number> {
  const { size } = await stat(`${pageOutput}/${path}.br`);
  return size;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

const [serverBytes, firstLoad] = await Promise.all([buildBackend(), buildFrontend()]);
stampBuild();

const sizes = await Promise.all(firstLoad.map(async (path) => ({ path, bytes: await compressedSize(path) })));
for (const { path, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
  console.log(`${kilobytes(bytes).padStart(9)}  ${path}`);
}
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`${kilobytes(total).padStart(9)}  first load of the page, brotli`);
console.log(`${kilobytes(serverBytes).padStart(9)}  backend/dist/server-*.js`);
