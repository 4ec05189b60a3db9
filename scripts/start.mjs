/**
 * `npm start`: installs when needed, builds when stale, then becomes VoxPilot.
 * The product runs in this very process, so options, signals and the exit code need no passing on.
 */
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build-stamp.mjs";
import { ensureInstalled } from "./install.mjs";
import { requireNode } from "./node-version.mjs";
import { builtServer } from "./paths.mjs";

requireNode();
ensureInstalled();
ensureBuilt();

// npm runs scripts in the package's folder; the project is where the person typed the command.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = builtServer;
await import(pathToFileURL(builtServer).href);
