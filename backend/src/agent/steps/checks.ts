/** Checks that the user has configured: they run by themselves after a response that changed files, once, behind its other calls. */
import type { HistoryCall } from "../../../../transcript/history.ts";
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import type { CallServices } from "../calls/call-services.ts";
import { RepeatedCalls } from "../calls/repeated-calls.ts";
import { parseArguments } from "../calls/tool-arguments.ts";
import { type RunEnd, runCalls } from "../calls/tool-runner.ts";
import type { TurnMemory } from "./turn-memory.ts";

export interface CheckedStep {
  readonly stepId: string;
  readonly memory: TurnMemory;
  readonly services: CallServices;
}

const changing = new Set(["edit", "delete", "move"]);

/** Judged, asked for and shown as any command. A refused check ends no turn: the others of it are not put again. */
export async function runChecks(turn: AgentTurn, parts: AgentParts, step: CheckedStep): Promise<RunEnd> {
  const { stepId, memory, services } = step;
  const { checks } = parts;
  if (checks === undefined || memory.hasRefusedChecks || turn.signal.aborted) return "continue";
  const due = dueChecks(checks.commands, parts, callsOf(turn, stepId));
  if (due.length === 0) return "continue";
  const end = await runCalls(
    turn,
    { ...parts, tools: checks.tools },
    // Its own memory of repeats: that a check passes again and again is no circle of the model's.
    {
      calls: due.map(checkCall),
      mark: "v",
      stepId,
      offered: checks.tools.offered,
      repeated: new RepeatedCalls(),
      services,
      canRun: true,
    },
  );
  if (end !== "refused") return end;
  memory.hasRefusedChecks = true;
  return "continue";
}

function callsOf(turn: AgentTurn, stepId: string): readonly HistoryCall[] {
  const step = turn.history().findLast((item) => item.type === "step" && item.stepId === stepId);
  return step?.type === "step" ? step.calls : [];
}

/** Without those that the model ran itself after its last change. */
function dueChecks(
  commands: readonly string[],
  { tools }: AgentParts,
  calls: readonly HistoryCall[],
): readonly string[] {
  const last = calls.findLastIndex(({ call, status }) => {
    return status === "completed" && changing.has(tools.find(call.name)?.tool.kind ?? "");
  });
  if (last < 0) return [];
  const ran = calls
    .slice(last + 1)
    .flatMap(({ call, status }) => (status === "completed" ? commandOf(call) : []));
  return commands.filter((command) => !ran.includes(command.trim()));
}

function commandOf({ name, arguments: written }: ModelCallMeta): string[] {
  if (name.toLowerCase() !== "shell") return [];
  const parsed = parseArguments(written);
  const { command } = parsed.type === "object" ? parsed.value : {};
  return typeof command === "string" ? [command.trim()] : [];
}

function checkCall(command: string): ModelCallMeta {
  return { id: "", name: "shell", arguments: JSON.stringify({ command, cwd: "." }), madeBy: "check" };
}
