/** What can be sent as the answer to the model's own question, or to its plan. Pure. */
import type { PermissionOption } from "../../api/types.ts";
import type { Question } from "../permission/question.ts";

/** The option that stands for own words; nobody can choose it without any. */
const ownWords = "said";

/** The answers to choose from, in the model's order. */
export function choicesOf({ options }: Pick<Question, "options">): readonly PermissionOption[] {
  return options.filter(({ kind, optionId }) => kind === "allow_once" && optionId !== ownWords);
}

/** Leaves it to the agent to decide; null: there has to be an answer. */
export function refusalOf({ options }: Pick<Question, "options">): PermissionOption | null {
  return options.find(({ kind }) => kind === "reject_once") ?? null;
}

/** The option that own words go with: a plan is kept to plan on, a question takes them as its answer. */
export function optionForWords({ options }: Pick<Question, "options">): PermissionOption | null {
  return (
    options.find(({ optionId }) => optionId === ownWords) ??
    options.find(({ kind }) => kind === "reject_once") ??
    options[0] ??
    null
  );
}
