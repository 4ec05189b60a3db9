/** A model in a process of its own, so that playing it takes no time from the client that measures. */
import { startScriptedModel } from "../../backend/src/demo/scripted-server.ts";

const tokens = Number(process.argv[2]);

function* words(): Generator<string> {
  for (let index = 0; index < tokens; index += 1) yield "word ";
}

const model = await startScriptedModel({
  script: { fallback: () => ({ text: words() }) },
  speed: "instant",
});
console.log(model.baseUrl);
process.once("SIGTERM", () => process.exit(0));
