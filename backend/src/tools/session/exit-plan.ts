/** Presents a plan; once the person accepts it, the work begins in the mode that they chose. */

import * as z from "zod";
import { type PersonAnswer, resultWords, type Tool, type ToolContext, ToolError } from "../../agent/tool.ts";
import { shortTitle } from "../call-title.ts";

const Input = z.object({
  plan: z
    .string()
    .min(1)
    .max(40_000)
    .describe("In Markdown: what will be changed, where, and how it is checked"),
});
type Input = z.infer<typeof Input>;

/** The `exit_plan` tool, offered in plan mode alone. */
export const exitPlanTool: Tool<Input> = {
  name: "exit_plan",
  kind: "switch_mode",
  description:
    "In plan mode: present the finished plan. The user accepts it (perhaps edited), and you begin at once, or says what to change.",
  brief: "Present the finished plan; begin when the user accepts it.",
  input: Input,
  synonyms: { text: "plan", content: "plan", markdown: "plan", summary: "plan" },
  readOnly: false,
  offer: "plan",
  title: (input) => titleOf(input.plan),
  async plan({ plan }, context) {
    assertPlanning(context);
    return {
      title: titleOf(plan),
      locations: [],
      access: { type: "none" },
      subject: { type: "plan", plan },
      content: [],
      basis: plan,
      async run(runContext) {
        return { text: outcome(await runContext.ask({ type: "plan", plan }), plan, runContext) };
      },
    };
  },
};

/** Models also call what they were not offered: outside plan mode there is nothing to leave. */
function assertPlanning(context: ToolContext): void {
  const mode = context.mode();
  if (mode === "plan") return;
  throw new ToolError(
    `The session is in ${mode} mode, not in plan mode: there is no plan to accept. Go on with the work.`,
  );
}

function titleOf(plan: string): string {
  const line = plan.split("\n").find((one) => one.trim() !== "") ?? "";
  return shortTitle(line.replace(/^#+\s*/, "").trim());
}

function outcome(answer: PersonAnswer, plan: string, context: ToolContext): string {
  switch (answer.type) {
    case "chosen": {
      // Somebody may have chosen another mode while the plan waited: theirs stands.
      assertPlanning(context);
      const mode = answer.choice === 1 ? "edit" : "ask";
      context.setMode(mode);
      const edited = answer.text !== null && answer.text.trim() !== plan.trim() ? answer.text : null;
      const how =
        mode === "edit"
          ? "edits inside the project run without asking"
          : "each edit and command is asked for";
      const begin = `${resultWords.planAccepted} The session is now in ${mode} mode: ${how}. Begin with the first step.`;
      return edited === null
        ? begin
        : `${begin} The user changed the plan; this is what counts:\n\n${edited}`;
    }
    case "said":
      return keepPlanning(answer.text);
    case "refused":
      return answer.text === null
        ? "The user did not accept the plan. Stay in plan mode and ask what should be different."
        : keepPlanning(answer.text);
    case "cancelled":
      throw new ToolError(
        "The turn ended before the plan was decided on. Present it again when asked to go on.",
      );
  }
}

function keepPlanning(feedback: string): string {
  return `The user wants the plan changed: ${feedback}\nStay in plan mode, change the plan, and present it again.`;
}
