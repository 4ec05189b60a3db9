/** What all file tools share: where a path leads, what the policy must know of it, and failures in words for the model. */
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type ToolContext, ToolError, type ToolPlan } from "../agent/tool.ts";
import { isSecretPath } from "../workspace/files/protected-names.ts";
import {
  displayPath,
  isWithin,
  leadsTo,
  type ResolvedPath,
  resolveInside,
} from "../workspace/files/safe-path.ts";
import type { SearchPlace } from "../workspace/ripgrep.ts";
import { listFiles } from "../workspace/search.ts";
import { WorkspaceError } from "../workspace/workspace-error.ts";

export interface Place extends ResolvedPath {
  /** As the model gave it. */
  readonly asked: string;
  /** For people and models: relative inside the project, else absolute. */
  readonly shown: string;
  /** For the policy: where it leads, and what it was called when that lies inside too. */
  readonly accessPaths: readonly string[];
  /** What it holds must not be told before a person has said so. */
  readonly isGuarded: boolean;
}

/** Resolves a path that the model gave. Throws ToolError when it cannot be one. */
export async function placeOf(context: ToolContext, path: string): Promise<Place> {
  const resolved = await resolveInside(context.root, path).catch((error: unknown) => {
    throw asToolError(error, "Give a path inside the project.");
  });
  const isRenamed = resolved.named !== resolved.absolute && isWithin(context.root, resolved.named);
  return {
    ...resolved,
    asked: path,
    shown: displayPath(context.root, resolved.absolute),
    accessPaths: isRenamed ? [resolved.absolute, resolved.named] : [resolved.absolute],
    isGuarded: !resolved.inside || isSecretPath(resolved.relative) || isSecretPath(resolved.named),
  };
}

/** The plan of a call that only looks through `place`. */
export function searchPlan(place: Place, title: string, run: ToolPlan["run"]): ToolPlan {
  return {
    title,
    locations: [{ path: place.shown }],
    access: { type: "read", paths: place.accessPaths },
    subject: { type: "read", path: place.shown },
    content: [],
    basis: place.absolute,
    run,
  };
}

/** Where a search goes; throws ToolError when there is nothing, or neither a file nor a folder. */
export async function searchPlace(place: Place, context: ToolContext): Promise<SearchPlace> {
  await checkUnmoved(context, place);
  if (!place.exists) throw await missingFile(context, place);
  const status = await stat(place.absolute);
  if (!status.isFile() && !status.isDirectory()) {
    throw new ToolError(`${place.shown} is a device, pipe or socket. Give a folder or a file as path.`);
  }
  return { root: context.root, path: place.absolute, isFile: status.isFile() };
}

/** Resolves again what a plan resolved; throws ToolError when the path leads elsewhere by now. */
export async function checkUnmoved(context: ToolContext, planned: Place): Promise<void> {
  if (await leadsTo(context.root, planned.asked, planned.absolute)) return;
  const now = await placeOf(context, planned.asked);
  if (now.absolute === planned.absolute) return;
  throw new ToolError(`${planned.shown} leads elsewhere than when it was looked at. Call the tool again.`);
}

/** A WorkspaceError as a ToolError with its next step; any other error as it is. */
export function asToolError(error: unknown, advice: string): unknown {
  return error instanceof WorkspaceError ? new ToolError(`${error.message} ${advice}`) : error;
}

/** `There is no file x.`, with up to three paths that are like it. */
export async function missingFile(context: ToolContext, place: Place): Promise<ToolError> {
  const similar = place.inside ? await similarPaths(context, place.relative) : [];
  if (similar.length === 0) return new ToolError(`There is no file ${place.shown}. Use glob to find it.`);
  return new ToolError(
    `There is no file ${place.shown}. Did you mean ${similar.join(", ")}? Use one of these, or glob.`,
  );
}

async function similarPaths(context: ToolContext, path: string): Promise<readonly string[]> {
  const name = basename(path).toLowerCase();
  const { paths } = await listFiles({
    root: context.root,
    path: context.root,
    isFile: false,
    limit: 20_000,
    signal: context.signal,
  });
  return paths
    .map((other) => ({ other, distance: distanceOf(other, path, name) }))
    .filter(({ distance }) => distance <= 0.5)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ other }) => other);
}

/** 0: the same name in another folder; up to 1: nothing in common. */
function distanceOf(other: string, path: string, name: string): number {
  const otherName = basename(other).toLowerCase();
  if (Math.abs(otherName.length - name.length) > name.length / 2) return 1;
  const sameFolder = dirname(other) === dirname(path) ? 0 : 0.1;
  return changesBetween(otherName, name) / Math.max(1, name.length) + sameFolder;
}

/** Levenshtein's distance. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
