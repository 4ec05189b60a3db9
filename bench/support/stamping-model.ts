/** A model in a process of its own whose every token says when it was handed to the socket. */
import { startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { nowMicroseconds } from "./clock.ts";

const tokens = Number(process.argv[2]);
const tokensPerSecond = Number(process.argv[3]);

function* stamps(): Generator<string> {
  for (let index = 0; index < tokens; index += 1) yield `${nowMicroseconds()}.`;
}

const model = await startScriptedModel({
  script: { fallback: () => ({ text: stamps(), tokensPerSecond }) },
});
console.log(model.baseUrl);
process.once("SIGTERM", () => process.exit(0));
