/** Questions to a person: asked, answered, and what an answer allows from then on. */
import type { PermissionSubject } from "../backend/src/protocol/permission.ts";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import type { ToolKind } from "../backend/src/protocol/tool-call.ts";
import { changeTool, type Draft, parentOf, pushEntry } from "./fold-draft.ts";
import { ensureTool } from "./fold-tool.ts";
import type { DecisionEntry, Grant, OpenQuestion } from "./transcript.ts";

type Question = Extract<SessionUpdate, { sessionUpdate: "request_permission" }>;
type Outcome = Extract<SessionUpdate, { sessionUpdate: "permission_outcome" }>;

/** Opens a question; the same request again takes the place of the one before. */
export function applyQuestion(draft: Draft, event: SessionEvent, question: Question): void {
  const { sessionUpdate: _kind, ...request } = question;
  const { kind, title } = describedBy(request.subject);
  ensureTool(draft, event, { toolCallId: request.toolCallId, kind, title });
  changeTool(draft, request.toolCallId, (entry) => ({ ...entry, asking: true }));
  const opened = { seq: event.seq, at: event.at, turnId: event.turnId ?? null, request };
  const isKnown = draft.questions.some((open) => open.request.requestId === request.requestId);
  draft.questions = isKnown
    ? draft.questions.map((open) => (open.request.requestId === request.requestId ? opened : open))
    : [...draft.questions, opened];
}

/** Closes a question, keeps or ends a grant, and leaves a line that says who decided. */
export function applyPermissionOutcome(draft: Draft, event: SessionEvent, update: Outcome): void {
  const question = draft.questions.find((open) => open.request.requestId === update.requestId);
  const { outcome } = update;
  if (outcome.outcome === "cancelled" && outcome.reason === "grant_ended") {
    draft.grants = draft.grants.filter((grant) => grant.requestId !== update.requestId);
  } else {
    draft.questions = draft.questions.filter((open) => open !== question);
    changeTool(draft, update.toolCallId, (entry) => ({ ...entry, asking: false }));
  }
  if (question !== undefined && outcome.outcome === "selected" && outcome.grant !== undefined) {
    const grant: Grant = {
      requestId: update.requestId,
      scope: outcome.grant.scope,
      turnId: question.turnId,
      request: question.request,
    };
    draft.grants = [...draft.grants, grant];
  }
  pushEntry(draft, {
    type: "decision",
    id: `decision-${event.seq}`,
    seq: event.seq,
    at: event.at,
    turnId: event.turnId ?? null,
    toolCallId: update.toolCallId,
    outcome,
    by: event.by ?? null,
    ...(question === undefined ? {} : { about: describedBy(question.request.subject) }),
    ...answeredBy(question, outcome),
    ...parentOf(event),
  });
}

/** An answer to the model's own question, or to its plan, is neither allowed nor denied. */
function answeredBy(
  question: OpenQuestion | undefined,
  outcome: Outcome["outcome"],
): Pick<DecisionEntry, "answered"> {
  const type = question?.request.subject.type;
  if (outcome.outcome !== "selected" || (type !== "question" && type !== "plan")) return {};
  const chosen = question?.request.options.find(({ optionId }) => optionId === outcome.optionId);
  // An answer in own words has no name: the words stand beside it.
  const choice = chosen === undefined || chosen.optionId === "said" ? "" : chosen.name;
  return { answered: { type, choice } };
}

function describedBy(subject: PermissionSubject): { readonly kind: ToolKind; readonly title: string } {
  switch (subject.type) {
    case "command":
      return { kind: "execute", title: subject.command };
    case "edit":
      return { kind: "edit", title: subject.path };
    case "read":
      return { kind: "read", title: subject.path };
    case "fetch":
      return { kind: "fetch", title: subject.url };
    case "question":
      return { kind: "other", title: subject.question };
    case "plan":
      return { kind: "switch_mode", title: subject.plan };
    case "other":
      return { kind: "other", title: subject.title };
  }
}
