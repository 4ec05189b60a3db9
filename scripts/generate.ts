/**
 * `npm run generate`: writes `openapi.json` from the routes, and from that the page's types.
 * With `--check` it writes nothing, and ends with 1 when either file is stale.
 */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { exportOpenApi } from "../backend/src/server/openapi.ts";
import { packageRoot } from "./paths.mjs";

const header = "/** Generated from openapi.json by `npm run generate`; changes here are lost. */\n\n";

async function readOrNothing(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // Not generated yet: as stale as can be.
    return "";
  }
}

const openApi = `${JSON.stringify(await exportOpenApi(), null, 2)}\n`;
const types = header + astToString(await openapiTS(openApi));
const generated = { "openapi.json": openApi, "frontend/src/api.d.ts": types };

for (const [name, content] of Object.entries(generated)) {
  const path = `${packageRoot}${name}`;
  if ((await readOrNothing(path)) === content) continue;
  if (process.argv.includes("--check")) {
    console.error(`${name} is stale: run npm run generate.`);
    process.exitCode = 1;
  } else {
    await writeFile(path, content);
    console.log(`Wrote ${name}`);
  }
}
