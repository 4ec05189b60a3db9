/** A question that a tool puts to the person: as a permission request, so that every device can answer it, once. */
import type { PermissionOption, PermissionRequest } from "../../protocol/permission.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import type { PermissionAnswer } from "../permission.ts";
import type { PersonAnswer, QuestionSubject } from "../tool.ts";

/** The call that asks, and which of its questions this is, from 1. */
export interface AskingCall {
  readonly toolCallId: string;
  readonly number: number;
}

/** An answer in words of one's own; its text is the decision's `feedback`. */
const said: PermissionOption = { optionId: "said", kind: "allow_once", name: "Answer" };
const noAnswer: PermissionOption = { optionId: "refuse", kind: "reject_once", name: "No answer" };
const planOptions: readonly PermissionOption[] = [
  { optionId: "start_ask", kind: "allow_once", name: "Start, ask me" },
  { optionId: "start_edit", kind: "allow_once", name: "Start, edits allowed" },
  { optionId: "keep", kind: "reject_once", name: "Keep planning" },
];

/** Puts the question and waits; `cancelled` when the turn ends first. */
export async function askPerson(
  turn: AgentTurn,
  parts: AgentParts,
  question: { readonly subject: QuestionSubject; readonly call: AskingCall },
): Promise<PersonAnswer> {
  const { subject, call } = question;
  const request: PermissionRequest = {
    requestId: `${call.toolCallId}-q${call.number}`,
    toolCallId: call.toolCallId,
    subject,
    content: [],
    reach: [],
    dangerous: false,
    options: optionsOf(subject),
    digest: parts.digest([turn.sessionId, turn.turnId, call.toolCallId, JSON.stringify(subject)]),
  };
  return personAnswer(request, await turn.requestPermission(request));
}

function optionsOf(subject: QuestionSubject): PermissionOption[] {
  if (subject.type === "plan") return [...planOptions];
  const chosen = subject.options.map((name, index): PermissionOption => {
    return { optionId: `option-${index}`, kind: "allow_once", name };
  });
  return [...chosen, said, noAnswer];
}

/** Choices count from 0 in the order in which the request lists them. */
function personAnswer(request: PermissionRequest, answer: PermissionAnswer): PersonAnswer {
  switch (answer.type) {
    case "cancelled":
      return { type: "cancelled" };
    case "denied":
      return { type: "refused", text: answer.feedback };
    case "allowed": {
      const text = answer.feedback ?? null;
      const choice = request.options.findIndex(({ optionId }) => optionId === answer.optionId);
      const isChoice = choice >= 0 && answer.optionId !== said.optionId;
      return isChoice ? { type: "chosen", choice, text } : { type: "said", text: text ?? "" };
    }
  }
}
