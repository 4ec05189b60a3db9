/** Finds the Chrome or Chromium that the browser tests drive, or gets one where that is possible. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const commands = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome"];
const macApplications = [
  "Google Chrome.app/Contents/MacOS/Google Chrome",
  "Chromium.app/Contents/MacOS/Chromium",
];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not to be run: both mean no.
    return false;
  }
}

function candidates() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", "/snap/bin"];
  const onPath = commands.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
  if (process.platform !== "darwin") return onPath;
  const applications = ["/Applications", join(homedir(), "Applications")];
  return [...applications.flatMap((folder) => macApplications.map((path) => join(folder, path))), ...onPath];
}

/**
 * The browser's executable: the one named by VOXPILOT_TEST_BROWSER or CHROME_PATH, else an installed one.
 * @returns {string | null}
 */
export function findBrowser() {
  const named = process.env.VOXPILOT_TEST_BROWSER ?? process.env.CHROME_PATH;
  if (named) return isProgram(named) ? named : null;
  return candidates().find(isProgram) ?? null;
}

/** Root on Debian may install a package; nobody else is asked for a password by a test run. */
function installOnDebian() {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  console.error("Installing the package chromium for the browser tests …");
  const options = {
    stdio: /** @type {["ignore", 2, 2]} */ (["ignore", 2, 2]),
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["update"], options);
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
}

/**
 * As `findBrowser`, installing one where that can be done. Ends the process with 1 and one line when there is none.
 * @returns {string}
 */
export function ensureBrowser() {
  const named = process.env.VOXPILOT_TEST_BROWSER ?? process.env.CHROME_PATH;
  if (!findBrowser() && !named) installOnDebian();
  const found = findBrowser();
  if (found) return found;
  console.error(
    named
      ? `No browser to test with: ${named} cannot be run. Set VOXPILOT_TEST_BROWSER to a Chrome or Chromium.`
      : "No browser to test with: install Chrome or Chromium, or set VOXPILOT_TEST_BROWSER to its executable.",
  );
  process.exit(1);
}
