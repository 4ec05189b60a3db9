/** What can be written after `/` at the beginning of a prompt. */
import * as z from "zod";

/** `page`: the client does it itself. `turn`: it is sent as a prompt, and the agent is told what it means. */
export const SlashCommand = z
  .object({
    name: z.string(),
    description: z.string(),
    /** What may follow the name; null: nothing. */
    hint: z.string().nullable(),
    source: z.enum(["built-in", "project", "user"]),
    where: z.enum(["page", "turn"]),
  })
  .meta({ id: "SlashCommand" });
export type SlashCommand = z.infer<typeof SlashCommand>;

export const SlashCommandList = z
  .object({ commands: z.array(SlashCommand) })
  .meta({ id: "SlashCommandList" });
