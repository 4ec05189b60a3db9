/** What the demo's scripted model says and does: it reacts to the prompt and to what really happened since. */

import { offeredTools } from "./scripted-model/chat-request.ts";
import type { Conversation } from "./scripted-model/conversation.ts";
import type { Script, ScriptedReply } from "./scripted-model/script.ts";
import { isLost, isRefused } from "./story-facts.ts";
import { fixTests } from "./story-fix.ts";
import { tellAboutProject } from "./story-tour.ts";

/** natural: at reading speed, with pauses. instant: for tests. */
export type StoryPace = "natural" | "instant";

/** The id and name under which the script is listed: nobody shall take it for a model. */
export const demoModel = {
  id: "scripted",
  name: "Demo script (not a model)",
  contextWindow: 128_000,
} as const;

interface Topic {
  readonly asks: RegExp;
  /** The agent's tools without which there is nothing to do. */
  readonly needs: readonly string[];
  readonly reply: (conversation: Conversation) => ScriptedReply;
}

const topics: readonly Topic[] = [
  { asks: /\bcount (?:up )?to (\d+)/i, needs: [], reply: countUp },
  {
    asks: /\b(about|explain|describe|overview|summar\w+|what (is|does) (this|the|it))\b/i,
    needs: ["read", "glob"],
    reply: tellAboutProject,
  },
  {
    asks: /\b(tests?|fix\w*|pass\w*|log-? ?ins?|logged|bugs?|time-? ?outs?|fail\w*|broken|sessions?|cookies?)\b/i,
    needs: ["read", "glob", "grep", "edit", "shell"],
    reply: fixTests,
  },
];

const goOn = /^\W*(go on|go ahead|continue|carry on|proceed|resume|do it|yes|ok(ay)?)\b/i;

const naturalPace = { tokensPerSecond: 70, delayMs: 600 } as const;

/** A script without steps: every request is answered by what the conversation holds, so reloads and second prompts just work. */
export function storyScript({ pace }: { readonly pace: StoryPace }): Script {
  const manner = pace === "natural" ? naturalPace : {};
  return { models: [demoModel], fallback: (conversation) => ({ ...manner, ...nextReply(conversation) }) };
}

function nextReply(asked: Conversation): ScriptedReply {
  const conversation = resumed(asked);
  const topic = topics.find(({ asks }) => asks.test(conversation.prompt));
  if (!topic) return whatItCanDo();
  const offered = offeredTools(conversation.request);
  const missing = topic.needs.filter((name) => !offered.includes(name));
  if (missing.length === 0) return topic.reply(conversation);
  return conversation.calls.length > 0 ? lastWords() : withoutTools(missing);
}

/** "Go on" means the prompt before. Calls that came to nothing are forgotten, so that the story makes them again. */
function resumed(conversation: Conversation): Conversation {
  const { work } = conversation;
  const start = work.findLastIndex(({ prompt }) => !goOn.test(prompt));
  const isResumed = start >= 0 && start < work.length - 1;
  const all = isResumed ? work.slice(start).flatMap(({ calls }) => calls) : conversation.calls;
  const isNew = (id: string) => conversation.calls.some((call) => call.id === id);
  const calls = all.filter((call) => !isLost(call) && (isNew(call.id) || !isRefused(call)));
  return { ...conversation, prompt: work[start]?.prompt ?? conversation.prompt, calls };
}

function countUp({ prompt }: Conversation): ScriptedReply {
  const last = Math.min(Number(/count (?:up )?to (\d+)/i.exec(prompt)?.[1] ?? 10), 10_000);
  const numbers = Array.from(
    { length: last },
    (_, index) => `${index + 1}${(index + 1) % 10 === 0 ? "\n\n" : " "}`,
  );
  const speed = /\bslow/i.test(prompt)
    ? { tokensPerSecond: 5 }
    : /\bfast/i.test(prompt)
      ? {}
      : { tokensPerSecond: 20 };
  return { text: numbers, ...speed };
}

function whatItCanDo(): ScriptedReply {
  return {
    text: `I am the script of VoxPilot's demo, not a model, so I know three things only. The files, the commands and the permissions are real.

- \`make the tests pass\`: finds and fixes a bug in the sample project, asking before each change.
- \`tell me about the project\`: reads its files and describes them.
- \`count to 100\`: a slow answer, to try stopping, reloading, or a second device.

For everything else connect a model: any OpenAI-compatible address in \`VOXPILOT_MODELS_BASE_URL\`, or Ollama, LM Studio or llama.cpp on this machine.`,
  };
}

function withoutTools(missing: readonly string[]): ScriptedReply {
  return {
    text: `I am the demo's script, not a model, and for this I need tools that were not offered here: ${missing.map((name) => `\`${name}\``).join(", ")}. Ask in a session in the sample project.`,
  };
}

function lastWords(): ScriptedReply {
  return {
    text: "No more steps are allowed in this turn. What was done so far stands above. Write `go on` to continue.",
  };
}
