/** The folders that can be worked in: those given on the command line, and those used before. */

import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, isAbsolute, join, sep } from "node:path";
import * as z from "zod";
import type { Project } from "../protocol/catalogue.ts";
import type { DurableFiles } from "./durable-files.ts";
import { isWithin } from "./files/safe-path.ts";
import { currentBranch } from "./git/git.ts";
import { readInstructions } from "./guidance/instructions.ts";
import { OneByOne } from "./one-by-one.ts";
import { readState, writeState } from "./state-file.ts";

export type ProjectRefusal = "not_found" | "not_a_folder" | "root" | "home" | "state_folder";

const refusalTexts: Readonly<Record<ProjectRefusal, string>> = {
  not_found: "There is no such folder. Give an absolute path to a folder on this machine.",
  not_a_folder: "This is not a folder. Give the folder that holds the project.",
  root: "The root of the disk cannot be a project. Choose the project's own folder.",
  home: "The home folder itself cannot be a project. Choose a folder in it.",
  state_folder: "VoxPilot keeps its own state there. Choose another folder.",
};

/** This folder may not be worked in; `reason` says why, the message in a sentence for people. */
export class ProjectRefused extends Error {
  override readonly name = "ProjectRefused";
  readonly code = "project_not_allowed";
  readonly reason: ProjectRefusal;

  constructor(reason: ProjectRefusal) {
    super(refusalTexts[reason]);
    this.reason = reason;
  }
}

const UsedProjects = z.object({
  version: z.literal(1),
  projects: z.array(z.object({ path: z.string(), lastUsedAt: z.iso.datetime() })),
});
type UsedProject = z.infer<typeof UsedProjects>["projects"][number];

const maxRemembered = 100;

/** Knows the projects and remembers which were used, in `projects.json` of the state folder. */
export class Projects {
  readonly #stateFolder: string;
  readonly #files: DurableFiles;
  readonly #folders: readonly string[];
  #used: Promise<UsedProject[]> | null = null;
  readonly #saving = new OneByOne();

  /** `directory` is the state folder, `folders` come from the command line; all are absolute. */
  constructor(options: {
    readonly directory: string;
    readonly files: DurableFiles;
    readonly folders: readonly string[];
  }) {
    this.#stateFolder = options.directory;
    this.#files = options.files;
    this.#folders = options.folders;
  }

  /** Those of the command line first, then the most recently used; folders that are gone or refused are left out. */
  async list(): Promise<Project[]> {
    const used = await this.#usedProjects();
    const candidates = [...this.#folders, ...used.map((project) => project.path)];
    const paths = await Promise.all(candidates.map((path) => this.#check(path).catch(refusedAsNull)));
    const unique = [...new Set(paths.filter((path) => path !== null))];
    return Promise.all(unique.map((path) => describeProject(path, lastUse(used, path))));
  }

  /** The project with this id, or null. */
  async find(id: string): Promise<Project | null> {
    return (await this.list()).find((project) => project.id === id) ?? null;
  }

  /** The project with this id or at this absolute path, remembered as used now. Throws ProjectRefused. */
  async open(idOrPath: string): Promise<Project> {
    const path = isAbsolute(idOrPath) ? idOrPath : (await this.find(idOrPath))?.path;
    if (path === undefined) throw new ProjectRefused("not_found");
    const resolved = await this.#check(path);
    const lastUsedAt = new Date().toISOString();
    await this.#remember({ path: resolved, lastUsedAt });
    return describeProject(resolved, lastUsedAt);
  }

  /** The resolved path of a folder that may be a project. */
  async #check(path: string): Promise<string> {
    const resolved = await resolveFolder(path);
    if (resolved === sep) throw new ProjectRefused("root");
    if (resolved === (await resolvedOrSame(homedir()))) throw new ProjectRefused("home");
    const state = await resolvedOrSame(this.#stateFolder);
    if (isWithin(state, resolved) || isWithin(resolved, state)) throw new ProjectRefused("state_folder");
    return resolved;
  }

  #usedProjects(): Promise<UsedProject[]> {
    this.#used ??= this.#readUsed();
    return this.#used;
  }

  async #readUsed(): Promise<UsedProject[]> {
    try {
      return (await readState(this.#files, this.#path, UsedProjects))?.projects ?? [];
    } catch (error) {
      // The next call reads again.
      this.#used = null;
      throw error;
    }
  }

  /** A folder can be worked in also when it cannot be remembered: it is then only missing from the list. */
  async #remember(project: UsedProject): Promise<void> {
    try {
      await this.#saveUsed(project);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      process.emitWarning(`${this.#path} cannot be written: ${detail}`);
    }
  }

  async #saveUsed(project: UsedProject): Promise<void> {
    const others = (await this.#usedProjects()).filter((other) => other.path !== project.path);
    const projects = [project, ...others].slice(0, maxRemembered);
    this.#used = Promise.resolve(projects);
    const content = { version: 1, projects };
    // One after the other, so that an older list never lands on a newer one.
    await this.#saving.run(() => writeState(this.#files, this.#path, content));
  }

  get #path(): string {
    return join(this.#stateFolder, "projects.json");
  }
}

/** The id of the project at a resolved path: the same on every start. */
export function projectId(resolvedPath: string): string {
  return createHash("sha256").update(resolvedPath).digest("hex").slice(0, 16);
}

async function describeProject(path: string, lastUsedAt: string | null): Promise<Project> {
  const [branch, instructions] = await Promise.all([currentBranch(path), instructionFiles(path)]);
  return { id: projectId(path), name: basename(path), path, branch, instructions, lastUsedAt };
}

/** Those that the agent is given. */
async function instructionFiles(root: string): Promise<string[]> {
  try {
    return (await readInstructions(root)).map((instruction) => instruction.path);
  } catch {
    // A file that fails to be read is told of when a turn needs it; the list of projects does not wait for that.
    return [];
  }
}

async function resolveFolder(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new ProjectRefused("not_found");
  const resolved = await realpath(path).catch(() => null);
  if (resolved === null) throw new ProjectRefused("not_found");
  const found = await stat(resolved).catch(() => null);
  if (found?.isDirectory() !== true) throw new ProjectRefused("not_a_folder");
  return resolved;
}

/** A state folder that is not made yet has no links to resolve. */
async function resolvedOrSame(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function lastUse(used: readonly UsedProject[], path: string): string | null {
  return used.find((project) => project.path === path)?.lastUsedAt ?? null;
}

function refusedAsNull(error: unknown): null {
  if (error instanceof ProjectRefused) return null;
  throw error;
}
