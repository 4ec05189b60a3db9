/** Puts what a prompt mentions into the log before the model is asked: for the prompt that starts a turn, and for steered ones. */

import type { AgentTurn } from "../agent/agent-turn.ts";
import type { Model } from "../agent/model.ts";
import { roomOf } from "../agent/room/room.ts";
import type { Profile } from "../agent/tool.ts";
import { promptContext } from "./prompt-context.ts";

const fileBytes: Readonly<Record<Profile, number>> = { small: 3_000, medium: 12_000, standard: 50_000 };

/** The turn, with the context of its prompt emitted and that of steered ones to come. */
export async function withPromptContext(
  turn: AgentTurn,
  model: Model,
  userFolder: string | null,
): Promise<AgentTurn> {
  const place = { root: turn.root, userFolder, fileBytes: fileBytes[await profile(turn, model)] };
  const tell = async (prompt: Parameters<typeof promptContext>[0]) => {
    for (const update of await promptContext(prompt, place)) turn.emit(update);
  };
  const last = turn.history().findLast((item) => item.type === "user");
  if (turn.prompt.length > 0 && last?.type === "user" && last.context === undefined)
    await tell({ promptId: last.messageId, content: turn.prompt });
  return {
    ...turn,
    async takeSteered() {
      const prompts = await turn.takeSteered();
      for (const prompt of prompts) await tell(prompt);
      return prompts;
    },
  };
}

async function profile(turn: AgentTurn, model: Model): Promise<Profile> {
  if (turn.model === null) return "standard";
  return roomOf(await model.describe(turn.model), null).profile;
}
