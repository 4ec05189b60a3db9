/** The model of the benchmarks: in this process, so that both ends read one clock. */
import type { Conversation } from "../../backend/src/demo/scripted-model/conversation.ts";
import type { ScriptedReply } from "../../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { fileCount } from "./bench-product.ts";
import { markdownAnswer } from "./markdown-answer.ts";

export const pacedTokens = 300;
export const pacedTokensPerSecond = 100;
/** Sixteen seconds of them. */
const markdownTokens = 3_200;
const markdownTokensPerSecond = 200;

/** `sentAtMs[n]`: when the n-th paced token was handed to the socket, on `performance.now()`. */
export interface BenchModel extends ScriptedModel {
  readonly sentAtMs: readonly number[];
}

/** Answers "rounds" with 20 reads one after another, "paced" with a paced text, "markdown" with a faster one, "held" with nothing until `release`, anything else with a word. */
export async function startBenchModel(): Promise<BenchModel> {
  const sentAtMs: number[] = [];
  const model = await startScriptedModel({
    script: {
      // As a model has one: what it is sent does not grow without end.
      models: [{ id: "scripted", name: "Scripted", contextWindow: 128_000 }],
      fallback: (conversation) => reply(conversation, sentAtMs),
    },
  });
  return Object.assign(model, { sentAtMs });
}

function reply({ prompt, calls }: Conversation, sentAtMs: number[]): ScriptedReply {
  switch (prompt) {
    case "rounds":
      return calls.length < fileCount
        ? { calls: [{ tool: "read", arguments: { path: `file-${calls.length + 1}.ts` } }] }
        : { text: "Done." };
    case "paced":
      return { text: pacedText(sentAtMs), tokensPerSecond: pacedTokensPerSecond };
    case "markdown":
      return { text: markdownAnswer(markdownTokens), tokensPerSecond: markdownTokensPerSecond };
    case "held":
      return { text: "Held.", fault: { type: "hold", afterCharacters: 0 } };
    default:
      return { text: "Done." };
  }
}

/** One `.` a token, so that the client knows how many it has by counting them. */
function* pacedText(sentAtMs: number[]): Generator<string> {
  sentAtMs.length = 0;
  for (let index = 0; index < pacedTokens; index += 1) {
    sentAtMs.push(performance.now());
    yield "tok.";
  }
}
