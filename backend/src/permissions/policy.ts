/** The table of modes: what runs, what a person is asked, and what is refused. Rules of the user's own come later. */
import { realpathSync } from "node:fs";
import { relative } from "node:path";
import type { AccessQuestion, PermissionPolicy, Verdict } from "../agent/permission.ts";
import type { ToolAccess } from "../agent/tool.ts";
import type { Reach } from "../protocol/permission.ts";
import type { SessionMode } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import { isProtectedPath, isSecretPath } from "../workspace/files/protected-names.ts";
import { isWithin } from "../workspace/files/safe-path.ts";
import { commandReach, type OwnTraces } from "./command-reach.ts";

export interface PolicyOptions {
  /** Absolute: the state folder and what else is VoxPilot's own. File tools never reach it. */
  readonly statePaths: readonly string[];
  readonly ports: readonly number[];
  /** Names of the program, such as `voxpilot`. */
  readonly names: readonly string[];
}

/**
 * plan: reads inside the project. ask: the same, edits and commands ask. edit: edits inside run too. auto: commands that are
 * understood and stay inside run too. In every mode secrets, protected names, everything outside, and VoxPilot itself ask.
 */
export function createPolicy(options: PolicyOptions): PermissionPolicy {
  const own: OwnTraces = { ...options, statePaths: options.statePaths.flatMap(withRealPath) };
  return {
    judge(question) {
      const { access } = question;
      switch (access.type) {
        case "read":
          return judgeRead(question, access.paths, own);
        case "write":
          return judgeWrite(question, access.paths, own);
        case "execute":
          return judgeCommand(question, access, own);
        case "none":
          return allow(question.mode, ["reads_only"]);
        case "fetch":
          return { type: "ask", reach: ["uses_network"], dangerous: access.isPrivate };
      }
    },
  };
}

/** Tools name paths with every link followed; the state folder may be known by another name. Looked at once, never while judging. */
function withRealPath(path: string): string[] {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    // It does not exist (yet): then its name is all there is.
    return [path];
  }
}

function judgeRead(question: AccessQuestion, paths: readonly string[], own: OwnTraces): Verdict {
  if (reachesOwn(paths, own)) return ownRefusal;
  const reach = pathsReach(question.root, paths).filter((one) => one !== "touches_protected");
  if (asks(reach)) return { type: "ask", reach: ["reads_only", ...reach], dangerous: false };
  return allow(question.mode, ["reads_only", ...reach]);
}

function judgeWrite(question: AccessQuestion, paths: readonly string[], own: OwnTraces): Verdict {
  if (reachesOwn(paths, own)) return ownRefusal;
  if (question.mode === "plan") return planRefusal("changing files");
  const reach: Reach[] = ["writes_files", ...pathsReach(question.root, paths)];
  const leaves = reach.includes("leaves_project");
  const all: Reach[] = leaves ? reach : [...reach, "can_be_undone"];
  if (asks(reach) || question.mode === "ask") return { type: "ask", reach: all, dangerous: leaves };
  return allow(question.mode, all);
}

type CommandAccess = Extract<ToolAccess, { type: "execute" }>;

function judgeCommand(question: AccessQuestion, access: CommandAccess, own: OwnTraces): Verdict {
  if (question.mode === "plan") return planRefusal("running commands");
  const found = commandReach({ ...access, root: question.root, own });
  if (question.mode === "auto" && found.staysInside) return allow(question.mode, found.reach);
  return { type: "ask", reach: found.reach, dangerous: found.dangerous };
}

function pathsReach(root: string, paths: readonly string[]): Reach[] {
  const reach = new Set<Reach>();
  for (const path of paths) {
    const isInside = isWithin(root, path);
    // Names above the project say nothing about it; outside, every name of the way counts.
    const name = isInside ? relative(root, path) : path;
    if (!isInside) reach.add("leaves_project");
    if (isSecretPath(name)) reach.add("touches_secrets");
    if (isProtectedPath(name)) reach.add("touches_protected");
  }
  if (!reach.has("leaves_project")) reach.add("inside_project");
  return [...reach];
}

function asks(reach: readonly Reach[]): boolean {
  return reach.some(
    (one) => one === "leaves_project" || one === "touches_secrets" || one === "touches_protected",
  );
}

/** Also a folder that holds the state: a search in it would read it. */
function reachesOwn(paths: readonly string[], own: OwnTraces): boolean {
  return paths.some((path) => own.statePaths.some((state) => isWithin(state, path) || isWithin(path, state)));
}

const modeNames: Readonly<Record<SessionMode, string>> = {
  plan: "Plan",
  ask: "Ask",
  edit: "Edit",
  auto: "Auto",
};

function byMode(mode: SessionMode): Actor {
  return { kind: "mode", id: mode, name: modeNames[mode] };
}

function allow(mode: SessionMode, reach: readonly Reach[]): Verdict {
  return { type: "allow", by: byMode(mode), reach };
}

function planRefusal(what: string): Verdict {
  const reason = `The session is in plan mode, in which ${what} is refused. Present your plan; the user can switch the mode to ask, edit or auto.`;
  return { type: "deny", by: byMode("plan"), reason };
}

const ownRefusal: Verdict = {
  type: "deny",
  by: { kind: "rule", id: "own-data", name: "VoxPilot's own data" },
  reason: "VoxPilot's own data is closed to tools. Go on without it.",
};
