/** What fills a model's window, so that it adds up to what is used. Pure. */
import type { SessionUpdate } from "../backend/src/protocol/session-update.ts";

type UsageUpdate = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;
type Parts = NonNullable<UsageUpdate["parts"]>;

/** The estimate of a request's parts brought to what the endpoint has counted; the answer stands among the messages. */
export function filledBy({ used, parts = [], outputTokens }: UsageUpdate): Parts {
  const estimated = sumOf(parts);
  const asked = (used ?? 0) - (outputTokens ?? 0);
  if (used === null || asked <= 0 || estimated === 0) return parts;
  const counted = parts.map(({ name, tokens }) => ({
    name,
    tokens: Math.floor((tokens / estimated) * asked),
  }));
  return withMessages(counted, used - sumOf(counted));
}

function sumOf(parts: Parts): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

function withMessages(parts: Parts, more: number): Parts {
  if (!parts.some(({ name }) => name === "messages")) return [...parts, { name: "messages", tokens: more }];
  return parts.map(({ name, tokens }) => ({ name, tokens: name === "messages" ? tokens + more : tokens }));
}
