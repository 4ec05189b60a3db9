/** The file that a browser is opened with, and the program that opens it. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { PairingCodes } from "../../src/access/pairing.ts";
import { openPairingPage } from "../../src/command-line/pairing-page.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const link = 'https://studio.example.org/pair?a="b&c#ABCD-EFGH';

afterEach(() => void vi.useRealTimers());

test("NET-24: the file goes on to the link, is for its owner alone, and its address names no code", async () => {
  const directory = await temporaryFolder();
  const page = await openPairingPage({ directory, files: durableFiles, link, isOpen: () => true });
  const path = fileURLToPath(page.address);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toContain(
    'content="0; url=https://studio.example.org/pair?a=&quot;b&amp;c#ABCD-EFGH"',
  );
  expect(page.address).not.toContain("ABCD");
  await page.close();
  expect(await readdir(directory)).toEqual([]);
});

test.each(["used", "expired"] as const)("NET-24: the file goes once its code is %s", async (how) => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const directory = await temporaryFolder();
  let nowMs = Date.now();
  const codes = await PairingCodes.open({ directory, files: durableFiles, now: () => new Date(nowMs) });
  const { code } = await codes.create({ rights: "full", madeBy: null });
  const isOpen = () => codes.isOpen(code);
  const page = await openPairingPage({ directory, files: durableFiles, link, isOpen });
  vi.advanceTimersByTime(60_000);
  expect(await readdir(directory)).toContain("open.html");
  if (how === "used") await codes.redeem(code, () => true);
  else nowMs += 10 * 60_000;
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(async () => expect(await readdir(directory)).not.toContain("open.html"));
  await page.close();
});

test("NET-24: no program is started with the code among its arguments; at the end the file is gone", {
  timeout: 60_000,
}, async () => {
  const home = await temporaryFolder();
  await mkdir(join(home, "bin"));
  for (const name of ["xdg-open", "open"]) {
    const path = join(home, "bin", name);
    await writeFile(
      path,
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${home}/opened.part'\nmv '${home}/opened.part' '${home}/opened'\n`,
    );
    await chmod(path, 0o700);
  }
  const environment = { PATH: `${join(home, "bin")}:${process.env.PATH}` };
  const server = await startProgram(["--open"], { home, environment });
  const opened = await vi.waitFor(() => readFile(join(home, "opened"), "utf8"), { timeout: 10_000 });
  expect(opened).toMatch(/^file:\/\/\S+\/state\/open\.html\n$/);
  const page = await readFile(fileURLToPath(opened.trim()), "utf8");
  // A code of its own: the printed one is still good for a phone.
  expect(page).toContain(`${server.address}/pair#`);
  expect(page).not.toContain(server.code);
  await server.stop("SIGTERM");
  expect(await readdir(join(home, "state"))).not.toContain("open.html");
});
