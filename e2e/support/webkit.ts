/** WebKit as Debian packages it, on a screen of its own, spoken to by WebDriver: for what must hold beyond Chromium. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../scripts/free-port.ts";
import { findProgram } from "./programs.ts";

export interface WebKitPrograms {
  readonly driver: string;
  readonly browser: string;
  readonly screen: string;
}

/** Null: it is not installed (webkit2gtk-driver and xvfb of Debian). */
export function findWebKit(): WebKitPrograms | null {
  const [driver, screen, browser] = [findProgram("WebKitWebDriver"), findProgram("Xvfb"), findMiniBrowser()];
  return driver === null || screen === null || browser === null ? null : { driver, browser, screen };
}

function findMiniBrowser(): string | null {
  const libraries = foldersIn("/usr/lib").flatMap((folder) => [folder, ...foldersIn(folder)]);
  const candidates = libraries
    .filter((folder) => /\/webkit2gtk-[\d.]+$/.test(folder))
    .map((folder) => join(folder, "MiniBrowser"));
  return candidates.find((path) => existsSync(path)) ?? null;
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    // Not there, or no folder: nothing is in it.
    return [];
  }
}

export interface WebKit {
  /** Opens an address and waits until it is loaded. */
  open(address: string): Promise<void>;
  /** Runs the body of a function in the page; a promise is waited for. */
  run(body: string): Promise<unknown>;
  close(): Promise<void>;
}

const answerTimeoutMs = 60_000;

/** Starts all three. Rejects when one does not come up. */
export async function launchWebKit(programs: WebKitPrograms): Promise<WebKit> {
  const home = mkdtempSync(join(tmpdir(), "voxpilot-webkit-"));
  const { screen, display } = await startScreen(programs.screen);
  const port = await freePort();
  const driver = spawn(programs.driver, [`--port=${port}`, "--host=127.0.0.1"], {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: home,
      XDG_RUNTIME_DIR: home,
      DISPLAY: display,
      LIBGL_ALWAYS_SOFTWARE: "1",
      // Its sandbox needs rights that a container does not give. Only our own page is opened.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
    stdio: "ignore",
  });
  const call = caller(`http://127.0.0.1:${port}`);
  const session = await begin(call, programs.browser);
  return {
    open: async (address) => void (await call("POST", `${session}/url`, { url: address })),
    run: (body) => call("POST", `${session}/execute/sync`, { script: body, args: [] }),
    async close() {
      await call("DELETE", session).catch(() => undefined);
      await Promise.all([stop(driver), stop(screen)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** It chooses a free number by itself and writes it to its third descriptor. */
async function startScreen(program: string): Promise<{ screen: ChildProcess; display: string }> {
  const words = ["-displayfd", "3", "-screen", "0", "800x1200x24", "-nolisten", "tcp"];
  const screen = spawn(program, words, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const output = screen.stdio[3];
  if (output === null || output === undefined || !("read" in output))
    throw new Error("The screen has no output.");
  const [line] = await once(createInterface({ input: output }), "line");
  return { screen, display: `:${line}` };
}

type Call = (method: "POST" | "DELETE", path: string, body?: object) => Promise<unknown>;

function caller(address: string): Call {
  return async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
}

/** The driver may need a moment until it listens. */
async function begin(call: Call, browser: string): Promise<string> {
  const options = { binary: browser, args: ["--automation"] };
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      const { sessionId } = (await call("POST", "/session", { capabilities })) as { sessionId: string };
      return `/session/${sessionId}`;
    } catch (error) {
      const isRefused = error instanceof TypeError;
      if (!isRefused || performance.now() > deadline) throw error;
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
