/** Requests that never reach the script: what a strict provider would not take. */
import { type ChatRequest, outputRoom } from "./chat-request.ts";
import type { ErrorAnswer } from "./http.ts";
import { checkRequest } from "./request-check.ts";

export interface Gate {
  /** Of the models that there are. */
  readonly modelIds: readonly string[];
  readonly apiKey?: string | undefined;
  readonly tokenLimit?: number | undefined;
  /** Of a request together with the room that it asks for its answer. */
  readonly minuteLimit?: number | undefined;
  /** Of this request. */
  readonly tokens: number;
}

/** `violations` tells faults of the client; a wrong key, model or size may be what a script wants to see handled. */
export interface Refusal {
  readonly answer: ErrorAnswer;
  readonly violations: readonly string[];
}

/** Null when the request may pass. */
export function refusal(request: ChatRequest, authorization: string | undefined, gate: Gate): Refusal | null {
  const { modelIds, apiKey, tokens } = gate;
  const { tokenLimit = Number.POSITIVE_INFINITY, minuteLimit = Number.POSITIVE_INFINITY } = gate;
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
  const message = tooLarge(request, { tokens, tokenLimit, minuteLimit });
  return message === null ? null : refused({ status: 413, code: "tokens_limit_reached", message });
}

interface Size {
  readonly tokens: number;
  readonly tokenLimit: number;
  readonly minuteLimit: number;
}

/** In the words of services that limit a request, or a minute's tokens. */
function tooLarge(request: ChatRequest, { tokens, tokenLimit, minuteLimit }: Size): string | null {
  if (tokens > tokenLimit)
    return `Request body too large for ${request.model} model. Max size: ${tokenLimit} tokens.`;
  const requested = tokens + outputRoom(request);
  if (requested <= minuteLimit) return null;
  return `Request too large for model \`${request.model}\` on tokens per minute (TPM): Limit ${minuteLimit}, Requested ${requested}, please reduce your message size and try again.`;
}

function refused(answer: ErrorAnswer): Refusal {
  return { answer, violations: [] };
}
