/** Which other programs this machine has. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a program, also of those that only an administrator usually runs; null when there is none. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return (
    folders
      .filter(Boolean)
      .map((folder) => join(folder, name))
      .find(isProgram) ?? null
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not to be run: both mean no.
    return false;
  }
}
