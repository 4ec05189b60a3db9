/** What the played model does with each thing that is said to the agent in the browser. */
import type { Scene } from "./agent-stage.ts";

const plan = "# Dark mode\n\n1. Colours into `tokens.css`\n2. Follow the system";

const items = ["Read the file", "Renew the token", "Run the tests"];

/** The list with so many items done. */
function list(done: number) {
  const statusOf = (index: number) =>
    index < done ? "completed" : index === done ? "in_progress" : "pending";
  return { tool: "todo", arguments: { items: items.map((text, at) => ({ text, status: statusOf(at) })) } };
}

/** The model says back what its last call told it. */
const echo: Scene[number] = ({ lastResults }) => ({ text: `Heard: ${lastResults.at(-1)?.result ?? ""}` });

/** By what the person says; `guideAddress` is where the guide of `Read the guide` is served. */
export function agentScenes(guideAddress: string): Record<string, Scene> {
  const ask = (question: string, options: readonly string[]) => ({
    calls: [{ tool: "ask", arguments: { question, options } }],
  });
  const propose = (text: string) => ({ calls: [{ tool: "exit_plan", arguments: { plan: text } }] });
  const delegate = (prompt: string) => ({ tool: "task", arguments: { prompt } });
  return {
    "Which one": [ask("Which database?", ["PostgreSQL", "SQLite"]), echo],
    "Plan it": [
      propose(plan),
      ({ lastResults }) => ({
        ...propose(`${plan}\n3. Check both`),
        text: `Heard: ${lastResults.at(-1)?.result ?? ""}`,
      }),
      echo,
    ],
    "Keep a list": [
      { calls: [list(0)] },
      { calls: [list(1)] },
      { calls: [{ tool: "edit", arguments: { path: "src/auth.ts", old_text: "30", new_text: "60" } }] },
      { calls: [list(3)] },
      { text: "The list is done." },
    ],
    "Look around": [{ calls: [delegate("Where is the cart?"), delegate("Where is the age?")] }, echo],
    "Where is the cart?": [
      { calls: [{ tool: "read", arguments: { path: "src/deep/cart.ts" } }] },
      { text: "In src/deep/cart.ts:1." },
    ],
    "Where is the age?": [{ text: "In src/auth.ts:1." }],
    "Read the guide": [
      { calls: [{ tool: "web_fetch", arguments: { url: guideAddress } }] },
      { text: "I have read it." },
    ],
    "Build it": [
      {
        calls: [
          {
            tool: "shell",
            arguments: {
              command: "echo begun; until [ -e built ]; do sleep 0.05; done",
              background: true,
            },
          },
        ],
      },
      { text: "It builds." },
    ],
    "What now": [{ text: "Nothing more." }],
    "What is this": [
      ({ request }) => ({
        text: JSON.stringify(request.messages).includes("data:image/") ? "A picture." : "Nothing.",
      }),
    ],
    "/tidy": [{ text: "Tidied." }],
    "Say much": [{ text: Array.from({ length: 200 }, (_, index) => `Word ${index}`).join(", ") }],
    "Try twice": [{ text: "At last." }],
    "Be limited": [{ text: "Allowed again." }],
    "<conversation>": [{ text: "The goal: a shop. Done so far: many words." }],
  };
}
