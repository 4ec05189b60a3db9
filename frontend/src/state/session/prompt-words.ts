/** What helps to write a prompt: the commands behind `/`, the files behind `@`, asked of the machine. */
import type { AvailableCommand } from "../../../../transcript/transcript.ts";
import { api, ask } from "../../api/client.ts";
import type { SlashCommand } from "../../api/types.ts";

/** Of other engines nothing more is known than what they tell. */
export type PromptCommand = Omit<SlashCommand, "source"> & {
  readonly source: SlashCommand["source"] | "engine";
};

const filesAtOnce = 20;

/** All commands of a session, with those that its engine tells of behind the machine's own; null: the machine does not answer. */
export async function loadCommands(
  sessionId: string,
  told: readonly AvailableCommand[],
): Promise<readonly PromptCommand[] | null> {
  const outcome = await ask(api.GET("/api/sessions/{id}/commands", { params: { path: { id: sessionId } } }));
  if (!outcome.ok) return null;
  const own = outcome.data.commands;
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...told.filter(({ name }) => !names.has(name)).map(fromEngine)];
}

/** The commands that can begin the first prompt of a session in a project; null: the machine does not answer. */
export async function loadProjectCommands(projectId: string): Promise<readonly PromptCommand[] | null> {
  const outcome = await ask(api.GET("/api/projects/{id}/commands", { params: { path: { id: projectId } } }));
  return outcome.ok ? outcome.data.commands : null;
}

function fromEngine({ name, description, input }: AvailableCommand): PromptCommand {
  return { name, description, hint: input?.hint ?? null, source: "engine", where: "turn" };
}

/** Paths of a project that hold the letters, best first; null: the machine does not answer. */
export async function findFiles(projectId: string, letters: string): Promise<readonly string[] | null> {
  const outcome = await ask(
    api.GET("/api/projects/{id}/files", {
      params: { path: { id: projectId }, query: { q: letters, limit: filesAtOnce } },
    }),
  );
  return outcome.ok ? outcome.data.files : null;
}
