/** A model in a process of its own, so that playing it takes no time from the client that measures. */
import { startScriptedModel } from "../../backend/src/demo/scripted-server.ts";

const tokens = Number(process.argv[2]);

function* words(): Generator<string> {
  // Each another one: an answer that only repeats itself is cut off.
  for (let index = 0; index < tokens; index += 1) yield `${String(index % 10_000).padStart(4, "0")} `;
}

const model = await startScriptedModel({
  script: { fallback: () => ({ text: words() }) },
  speed: "instant",
});
console.log(model.baseUrl);
process.once("SIGTERM", () => process.exit(0));
