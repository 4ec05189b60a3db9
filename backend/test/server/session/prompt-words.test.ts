/** What helps to write a prompt, over HTTP, and a compaction that is asked for. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { Project } from "../../../src/protocol/catalogue.ts";
import { PromptReceipt, SessionSummary } from "../../../src/protocol/session.ts";
import { SlashCommandList } from "../../../src/protocol/slash-command.ts";
import { bodyOf, problemOf, runningApp } from "../../support/running-app.ts";

test("a session tells its commands, a project its files by a few letters", async () => {
  const app = await runningApp();
  await mkdir(join(app.project, ".claude", "commands"), { recursive: true });
  await writeFile(join(app.project, ".claude", "commands", "deploy.md"), "Deploy it.");
  await writeFile(join(app.project, "read-me.md"), "x");
  const session = await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const { commands } = await app.read(`GET /api/sessions/${session.id}/commands`, SlashCommandList);
  expect(commands.filter(({ where }) => where === "turn").map(({ name }) => name)).toEqual([
    "review",
    "commit",
    "init",
    "deploy",
  ]);
  const { projects } = await app.read("GET /api/projects", z.object({ projects: z.array(Project) }));
  const files = await app.read(`GET /api/projects/${projects[0]?.id}/files?q=rme`, z.unknown());
  expect(files).toEqual({ files: ["read-me.md"] });
  const unknown = await app.request("GET /api/projects/nothing/files");
  expect([unknown.status, (await problemOf(unknown)).code]).toEqual([404, "not_found"]);
});

test("a compaction that is asked for is a prompt like any other: the same id runs once", async () => {
  const prompts: unknown[] = [];
  const app = await runningApp({
    runTurn: async (turn) => {
      prompts.push(turn.prompt);
      return { stopReason: "end_turn" };
    },
  });
  const { id } = await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const ask = () => app.request(`POST /api/sessions/${id}/compact`, { body: { id: "compact-1" } });
  const [first, second] = [await ask(), await ask()];
  expect(first.status).toBe(202);
  expect(await bodyOf(second, PromptReceipt)).toEqual(await bodyOf(first, PromptReceipt));
  expect(prompts).toEqual([[{ type: "text", text: "/compact" }]]);
});
