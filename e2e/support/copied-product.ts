/** A copy of the built product that can be updated and restarted on its port, as a person's own machine would be. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/free-port.ts";
import { packageRoot } from "../../scripts/paths.mjs";

export interface CopiedProduct {
  readonly origin: string;
  /** The one-time link of the first start. */
  readonly pairingLink: string;
  /** Puts a page of another version in the place of the one that is served. Resolves to its entry's address. */
  updatePage(): Promise<string>;
  /** Ends the server and starts it again, on the same port and with the same state. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const newHash = "NEWERONE";

/** Starts the demo from a copy of what is built. */
export async function startCopiedProduct(): Promise<CopiedProduct> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-copied-")));
  for (const part of ["backend/dist", "frontend/dist", "package.json"])
    await cp(join(packageRoot, part), join(folder, part), { recursive: true });
  await symlink(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  const port = await freePort();
  let [child, printed] = await start(folder, port);
  const stopServer = async (): Promise<void> => {
    child.kill("SIGINT");
    if (child.exitCode === null) await once(child, "exit");
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    pairingLink: /http:\S+\/pair#\S+/.exec(printed)?.[0] ?? "",
    updatePage: () => updatePage(join(folder, "frontend/dist")),
    restart: async () => {
      await stopServer();
      [child, printed] = await start(folder, port);
    },
    stop: async () => {
      await stopServer();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(folder: string, port: number): Promise<[ChildProcess, string]> {
  const child = spawn(
    process.execPath,
    [join(folder, "backend/dist/voxpilot.js"), "demo", "--port", String(port), "--no-open"],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TMPDIR: folder,
        VOXPILOT_STATE_DIR: join(folder, "state"),
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    printed += text;
    if (/\/pair#\S+\s/.test(printed)) {
      child.stdout.resume();
      return [child, printed];
    }
  }
  throw new Error(`The copy did not start:\n${printed}`);
}

/** The build names files by their content: another content is another name, wherever it is named. */
async function updatePage(page: string): Promise<string> {
  const files = (await readdir(page, { recursive: true })).map((name) => join(page, name));
  const [entry] = files.filter((path) => /\/main-[A-Z0-9]{8}\.js$/.test(path));
  const oldHash = /main-([A-Z0-9]{8})\.js$/.exec(entry ?? "")?.[1];
  if (entry === undefined || oldHash === undefined) throw new Error("The page has no entry.");
  for (const path of files) {
    if (/\.(br|gz)$/.test(path)) await rm(path);
    else if (/\.(js|html)$/.test(path)) {
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replaceAll(`main-${oldHash}.js`, `main-${newHash}.js`));
    }
  }
  await rename(entry, entry.replace(oldHash, newHash));
  return `/assets/main-${newHash}.js`;
}
