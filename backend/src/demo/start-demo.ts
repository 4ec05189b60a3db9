/** All that `voxpilot demo` and the one-tap demo need: the scripted model, listening, and a fresh copy of the sample project. */
import { copySampleProject } from "./sample-project.ts";
import { startScriptedModel } from "./scripted-server.ts";
import { demoModel, type StoryPace, storyScript } from "./story.ts";

export interface PreparedDemo {
  /** Of the OpenAI-compatible endpoint; ends in `/v1`. It asks for no key. */
  readonly baseUrl: string;
  /** The model's id at that endpoint, without a provider. */
  readonly model: string;
  /** Absolute, resolved path of the copy. */
  readonly projectPath: string;
  /** Stops the endpoint. The copy stays: somebody may be reading it. */
  close(): Promise<void>;
}

/** Rejects when the copy cannot be made; then nothing is left running. */
export async function prepareDemo({
  pace = "natural",
}: {
  readonly pace?: StoryPace;
} = {}): Promise<PreparedDemo> {
  const projectPath = await copySampleProject();
  const model = await startScriptedModel({ script: storyScript({ pace }), loggedRequests: 10 });
  return { baseUrl: model.baseUrl, model: demoModel.id, projectPath, close: () => model.close() };
}
