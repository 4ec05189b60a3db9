/** The one resolver of paths (security requirement FS-01): where a path really leads, and whether that is in the project. */
import { readlink, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { systemErrorCode, WorkspaceError } from "../workspace-error.ts";

export interface ResolvedPath {
  /** With every link followed, also where the last parts do not exist yet. */
  readonly absolute: string;
  /** `absolute` seen from the project, "." for the project itself; starts with ".." when outside. */
  readonly relative: string;
  /** Before links were followed: what the caller named. */
  readonly named: string;
  readonly inside: boolean;
  readonly exists: boolean;
}

const maxLinks = 40;

/**
 * Follows links in every existing part, a dangling one included. `~` is a name like any other.
 * Throws WorkspaceError (`bad_path`) for a NUL, a loop of links or a name that is too long.
 */
export async function resolveInside(root: string, path: string): Promise<ResolvedPath> {
  if (path.includes("\0")) throw new WorkspaceError("bad_path", "A path cannot contain a NUL character.");
  const [realRoot, real] = await Promise.all([realpath(root), realIfThere(joined(root, path))]);
  const named = isAbsolute(path) ? path : join(realRoot, path);
  const { absolute, exists } =
    real === null ? await follow(startOf(realRoot, path)) : { absolute: real, exists: true };
  return {
    absolute,
    relative: displayRelative(realRoot, absolute),
    named: resolve(named),
    inside: isWithin(realRoot, absolute),
    exists,
  };
}

/** Whether `path` is all there and leads to `absolute`; when not, `resolveInside` says where it leads. */
export async function leadsTo(root: string, path: string, absolute: string): Promise<boolean> {
  return (await realIfThere(joined(root, path))) === absolute;
}

/** As text: `a/link/..` is the parent of where the link leads, which the system knows and `join` does not. */
function joined(root: string, path: string): string {
  return isAbsolute(path) ? path : `${root}${sep}${path}`;
}

/** Whether `path` is `folder` or lies in it. Both absolute and resolved; compared by whole segments. */
export function isWithin(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest === "" || !(rest === ".." || rest.startsWith(`..${sep}`) || isAbsolute(rest));
}

/** Whether the folders have files in common: one is the other, or lies in it. Both absolute and resolved. */
export function overlaps(folder: string, other: string): boolean {
  return isWithin(folder, other) || isWithin(other, folder);
}

/** A path for people and models: relative inside the project, else absolute. */
export function displayPath(root: string, absolute: string): string {
  return isWithin(root, absolute) ? displayRelative(root, absolute) : absolute;
}

function displayRelative(root: string, absolute: string): string {
  return relative(root, absolute) || ".";
}

/** Where to begin: the resolved root holds no links, so its own parts need no second look. */
function startOf(realRoot: string, path: string): Start {
  if (!isAbsolute(path)) return { folder: realRoot, parts: parts(path) };
  const below = `${realRoot}${sep}`;
  if (path.startsWith(below)) return { folder: realRoot, parts: parts(path.slice(below.length)) };
  return { folder: sep, parts: parts(path) };
}

/** Null where the system does not get to the end of a path: `follow` says how far one gets. */
async function realIfThere(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}

interface Start {
  /** Absolute, without links. */
  readonly folder: string;
  readonly parts: string[];
}

/** Takes the parts one by one, never folded as text first. */
async function follow(start: Start): Promise<{ absolute: string; exists: boolean }> {
  const pending = start.parts;
  let absolute = start.folder;
  let exists = true;
  let links = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    if (part === "..") {
      absolute = dirname(absolute);
      continue;
    }
    // Looked at even beneath a missing part: `missing/../link` still leads through the link.
    const found = await look(join(absolute, part));
    if (found.type === "missing") exists = false;
    if (found.type !== "link") {
      absolute = join(absolute, part);
      continue;
    }
    links += 1;
    if (links > maxLinks) throw new WorkspaceError("bad_path", `Too many links in a path: ${part}`);
    pending.unshift(...parts(found.target));
    if (isAbsolute(found.target)) absolute = sep;
  }
  return { absolute, exists };
}

function parts(path: string): string[] {
  return path.split(sep).filter((part) => part !== "" && part !== ".");
}

type Found =
  | { readonly type: "link"; readonly target: string }
  | { readonly type: "other" }
  | { readonly type: "missing" };

async function look(path: string): Promise<Found> {
  try {
    return { type: "link", target: await readlink(path) };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "EINVAL") return { type: "other" };
    // Beneath a file, or without the right to look, nothing can be found out: opening it will say so.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return { type: "missing" };
    if (code === "ENAMETOOLONG") throw new WorkspaceError("bad_path", "The path is too long.");
    throw error;
  }
}
