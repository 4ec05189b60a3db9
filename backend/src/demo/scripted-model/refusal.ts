/** Requests that never reach the script: what a strict provider would not take. */
import { type ChatRequest, countTokens } from "./chat-request.ts";
import type { ErrorAnswer } from "./http.ts";
import { checkRequest } from "./request-check.ts";

export interface Gate {
  /** Of the models that there are. */
  readonly modelIds: readonly string[];
  readonly apiKey?: string | undefined;
  readonly tokenLimit?: number | undefined;
}

/** `violations` tells faults of the client; a wrong key, model or size may be what a script wants to see handled. */
export interface Refusal {
  readonly answer: ErrorAnswer;
  readonly violations: readonly string[];
}

/** Null when the request may pass. */
export function refusal(
  request: ChatRequest,
  authorization: string | undefined,
  { modelIds, apiKey, tokenLimit = Number.POSITIVE_INFINITY }: Gate,
): Refusal | null {
  if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`) {
    return refused({ status: 401, code: "invalid_api_key", message: "Incorrect API key provided" });
  }
  if (!modelIds.includes(request.model)) {
    const message = `The model '${request.model}' does not exist`;
    return refused({ status: 404, code: "model_not_found", message });
  }
  const violations = checkRequest(request);
  if (violations.length > 0) {
    return { answer: { status: 400, code: "invalid_request", message: violations.join("; ") }, violations };
  }
  if (countTokens(request) <= tokenLimit) return null;
  const message = `Request body too large for ${request.model} model. Max size: ${tokenLimit} tokens.`;
  return refused({ status: 413, code: "tokens_limit_reached", message });
}

function refused(answer: ErrorAnswer): Refusal {
  return { answer, violations: [] };
}
