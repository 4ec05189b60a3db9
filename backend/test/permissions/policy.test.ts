import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Verdict } from "../../src/agent/permission.ts";
import type { ToolAccess } from "../../src/agent/tool.ts";
import { createPolicy } from "../../src/permissions/policy.ts";
import type { SessionMode } from "../../src/protocol/session.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const policy = createPolicy({
  names: ["voxpilot"],
  statePaths: ["/home/dev/.local/state/vp"],
  ports: [8000],
});
const modes = ["plan", "ask", "edit", "auto"] as const;

function verdicts(access: ToolAccess): string {
  return modes.map((mode) => judge(access, mode).type).join(" ");
}

function judge(access: ToolAccess, mode: SessionMode): Verdict {
  return policy.judge({ access, mode, root: "/srv/app" });
}

const read = (path: string): ToolAccess => ({ type: "read", paths: [path] });
const write = (path: string): ToolAccess => ({ type: "write", paths: [path] });
const run = (command: string): ToolAccess => ({ type: "execute", command, cwd: "/srv/app" });

test.each([
  ["a file inside is read", read("/srv/app/src/a.ts"), "allow allow allow allow"],
  ["the project is searched", read("/srv/app"), "allow allow allow allow"],
  ["a governing file is read", read("/srv/app/AGENTS.md"), "allow allow allow allow"],
  ["a secret is read", read("/srv/app/.env"), "ask ask ask ask"],
  ["a file outside is read", read("/etc/passwd"), "ask ask ask ask"],
  ["a sibling folder is read", read("/srv/app2/a.ts"), "ask ask ask ask"],
  ["the state folder is read", read("/home/dev/.local/state/vp/x"), "deny deny deny deny"],
  ["a folder above the state is searched", read("/home/dev"), "deny deny deny deny"],
  ["a file inside is written", write("/srv/app/src/a.ts"), "deny ask allow allow"],
  ["a governing file is written", write("/srv/app/AGENTS.md"), "deny ask ask ask"],
  ["a hook is written", write("/srv/app/.git/hooks/pre-commit"), "deny ask ask ask"],
  ["a name in other case is written", write("/srv/app/.VSCode/settings.json"), "deny ask ask ask"],
  ["a secret is written", write("/srv/app/.env.local"), "deny ask ask ask"],
  ["a file outside is written", write("/srv/x"), "deny ask ask ask"],
  ["the state folder is written", write("/home/dev/.local/state/vp/devices.json"), "deny deny deny deny"],
  ["a link inside leads out", { type: "read", paths: ["/etc/passwd", "/srv/app/link"] }, "ask ask ask ask"],
  ["tests are run", run("npm test"), "deny ask ask allow"],
  ["the network is used", run("curl https://example.com"), "deny ask ask ask"],
  ["the program itself is named", run("echo voxpilot"), "deny ask ask ask"],
  ["a protected file is written by a command", run("echo x > AGENTS.md"), "deny ask ask ask"],
] satisfies [string, ToolAccess, string][])("plan, ask, edit, auto when %s", (_what, access, expected) => {
  expect(verdicts(access)).toBe(expected);
});

test("says which mode allowed", () => {
  expect(judge(write("/srv/app/a.ts"), "edit")).toEqual({
    type: "allow",
    by: { kind: "mode", id: "edit", name: "Edit" },
    reach: ["writes_files", "inside_project", "can_be_undone"],
  });
});

test("names the mode and the way out when plan mode refuses", () => {
  const verdict = judge(write("/srv/app/a.ts"), "plan");
  expect(verdict).toMatchObject({
    type: "deny",
    reason: expect.stringMatching(/plan mode.*switch the mode/),
  });
});

test("calls a write outside the project dangerous", () => {
  expect(judge(write("/srv/x"), "auto")).toEqual({
    type: "ask",
    reach: ["writes_files", "leaves_project"],
    dangerous: true,
  });
});

test("calls a command that names the program dangerous", () => {
  expect(judge(run("voxpilot pair"), "auto")).toMatchObject({ type: "ask", dangerous: true });
});

test("knows the state folder behind a link", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "real"));
  await symlink("real", join(folder, "state"));
  const linked = createPolicy({ names: [], statePaths: [join(folder, "state")], ports: [] });
  const access: ToolAccess = { type: "read", paths: [join(folder, "real", "devices.json")] };
  expect(linked.judge({ access, mode: "auto", root: "/srv/app" })).toMatchObject({ type: "deny" });
});
