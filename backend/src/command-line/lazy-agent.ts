/** Our own agent, loaded a moment after the start or with the first turn: the start has no time for its tools. */
import type { Agent, AgentPlan } from "./agent.ts";

/** Long enough for the first page to have come. */
const loadAfterMs = 1_000;

/** Behaves as the agent; before it is loaded nothing of it runs. */
export function lazyAgent(plan: AgentPlan): Agent {
  let agent: Agent | null = null;
  const load = async (): Promise<Agent> => {
    const { createAgent } = await import("./agent.ts");
    agent ??= createAgent(plan);
    return agent;
  };
  const loading = setTimeout(() => void load(), loadAfterMs).unref();
  return {
    engine: {
      id: "built-in",
      name: "VoxPilot",
      runTurn: async (turn) => (await load()).engine.runTurn(turn),
      forgetConversation: (sessionId) => agent?.engine.forgetConversation(sessionId),
      close: (sessionId) => agent?.engine.close(sessionId),
    },
    jobs: {
      list: (sessionId) => agent?.jobs.list(sessionId) ?? [],
      look: (sessionId, jobId) => agent?.jobs.look(sessionId, jobId) ?? null,
      end: async (sessionId, jobId) => (await agent?.jobs.end(sessionId, jobId)) ?? false,
    },
    async close() {
      clearTimeout(loading);
      await agent?.close();
    },
  };
}
