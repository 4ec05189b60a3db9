/** Asks the person something that only they can say. */

import * as z from "zod";
import { type PersonAnswer, type Tool, ToolError } from "../../agent/tool.ts";
import { firstLineTitle } from "../call-title.ts";

const Option = z
  .preprocess((value) => {
    if (typeof value !== "object" || value === null) return value;
    return "label" in value ? value.label : "text" in value ? value.text : value;
  }, z.string().min(1).max(300))
  .meta({ type: "string" });
const Input = z.object({
  question: z.string().min(1).max(4_000),
  options: z
    .array(Option)
    .max(10)
    .optional()
    .describe("Answers to choose from; any other text is an answer too"),
});
type Input = z.infer<typeof Input>;

/** The `ask` tool. */
export const askTool: Tool<Input> = {
  name: "ask",
  kind: "other",
  description:
    "Ask the user one question and wait for the answer. Only for what the task and the code do not say and a wrong guess would cost much; else decide and say so.",
  brief: "Ask the user one question that the code cannot answer.",
  input: Input,
  synonyms: {
    message: "question",
    prompt: "question",
    text: "question",
    query: "question",
    choices: "options",
    follow_up: "options",
  },
  readOnly: false,
  offer: "later",
  title: (input) => firstLineTitle(input.question),
  plan(input) {
    const options = input.options ?? [];
    const subject = { type: "question", question: input.question, options } as const;
    return Promise.resolve({
      title: firstLineTitle(input.question),
      locations: [],
      access: { type: "none" },
      subject,
      content: [],
      basis: JSON.stringify(subject),
      run: async (context) => ({ text: answerText(await context.ask(subject), options) }),
    });
  },
};

function answerText(answer: PersonAnswer, options: readonly string[]): string {
  switch (answer.type) {
    case "chosen": {
      const chosen = `The user chose: ${options[answer.choice] ?? `option ${answer.choice + 1}`}`;
      return answer.text === null ? chosen : `${chosen}\nand says: ${answer.text}`;
    }
    case "said":
      return `The user says: ${answer.text}`;
    case "refused":
      return answer.text === null
        ? "The user does not want to answer. Decide yourself and say what you assumed."
        : `The user does not answer, and says: ${answer.text}`;
    case "cancelled":
      throw new ToolError("The turn ended before there was an answer. Ask again if it still matters.");
  }
}
