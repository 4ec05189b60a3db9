/** What a child process gets to see of our environment: an allow-list (security requirement SEC-01), so that no key reaches it. */
import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { isWithin } from "../files/safe-path.ts";

const passedOn = ["HOME", "LANG", "LANGUAGE", "TMPDIR", "USER", "LOGNAME", "SHELL", "TZ"];
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** No terminal is there: nothing may wait for one, page, or colour. */
const quiet: Readonly<Record<string, string>> = {
  TERM: "dumb",
  CI: "1",
  NO_COLOR: "1",
  PAGER: "cat",
  MANPAGER: "cat",
  GIT_PAGER: "cat",
  GIT_EDITOR: "true",
  GIT_TERMINAL_PROMPT: "0",
  DEBIAN_FRONTEND: "noninteractive",
  PYTHONUNBUFFERED: "1",
};

/** `PATH` keeps absolute entries alone, and none in `projectRoot` (APR-18): a project must not stand in for the system's programs. */
export function childEnvironment(
  source: Readonly<Record<string, string | undefined>> = process.env,
  projectRoot?: string,
): Record<string, string> {
  const names = [...passedOn, ...Object.keys(source).filter((name) => name.startsWith("LC_"))];
  const kept = names.flatMap((name): [string, string][] => {
    const value = source[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), PATH: searchPath(source.PATH, projectRoot), ...quiet };
}

function searchPath(path: string | undefined, projectRoot: string | undefined): string {
  const entries = (path ?? "")
    .split(":")
    .filter((entry) => isAbsolute(entry) && !leadsInto(projectRoot, entry));
  return entries.length > 0 ? entries.join(":") : systemPath;
}

function leadsInto(projectRoot: string | undefined, entry: string): boolean {
  if (projectRoot === undefined) return false;
  if (isWithin(projectRoot, entry)) return true;
  try {
    return isWithin(projectRoot, realpathSync(entry));
  } catch {
    // It does not exist, so no program is found there.
    return false;
  }
}
