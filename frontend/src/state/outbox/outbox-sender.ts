/** The calls that hand what waits to the machine, and what their answers mean for it. */
import { api, ask } from "../../api/client.ts";
import type { Failure } from "../../api/types.ts";
import type { DecisionItem, OutboxItem, PromptItem } from "./outbox-items.ts";

/** `later`: there was no answer, or one that says "not now"; a refusal is for the person. */
export type SendResult = "taken" | "later" | { readonly refused: Failure };

export interface Sending {
  /** It may have arrived before, without an answer. */
  readonly wasTried: boolean;
  readonly signal: AbortSignal;
}

/** Sends an item once. Broken off counts as no answer. */
export async function sendItem(item: OutboxItem, { wasTried, signal }: Sending): Promise<SendResult> {
  const failure = item.kind === "prompt" ? await sendPrompt(item, signal) : await sendDecision(item, signal);
  if (failure === null) return "taken";
  if (failure === "unreachable" || failure.status >= 500 || failure.status === 429 || failure.status === 401)
    return "later";
  return wasTried && isOwnDecision(item, failure) ? "taken" : { refused: failure };
}

async function sendPrompt(item: PromptItem, signal: AbortSignal): Promise<Failure | null> {
  const outcome = await ask(
    api.POST("/api/sessions/{id}/prompts", {
      params: { path: { id: item.sessionId } },
      signal,
      body: { id: item.id, content: [...item.content], delivery: item.delivery },
    }),
  );
  return outcome.ok ? null : outcome.failure;
}

async function sendDecision(item: DecisionItem, signal: AbortSignal): Promise<Failure | null> {
  const outcome = await ask(
    api.POST("/api/sessions/{id}/permissions/{requestId}", {
      params: { path: { id: item.sessionId, requestId: item.id } },
      signal,
      body: {
        optionId: item.option.optionId,
        digest: item.digest,
        ...(item.grant === null ? {} : { grant: { scope: item.grant } }),
        ...(item.feedback === null ? {} : { feedback: item.feedback }),
      },
    }),
  );
  return outcome.ok ? null : outcome.failure;
}

/** The first try had arrived, and its answer was lost: what was decided is what this device said. */
function isOwnDecision(item: OutboxItem, failure: Failure): boolean {
  if (item.kind !== "decision" || failure === "unreachable" || failure.code !== "permission_decided")
    return false;
  const { outcome } = failure.data;
  return (
    typeof outcome === "object" &&
    outcome !== null &&
    "optionId" in outcome &&
    outcome.optionId === item.option.optionId
  );
}
