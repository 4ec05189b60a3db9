/** The demo: alone as `voxpilot demo`, or one tap away in the product. Loaded only when it is wanted. */
import type { PreparedDemo } from "../demo/start-demo.ts";
import type { ModelCatalogue } from "../models/catalogue.ts";
import type { ServerParts } from "../server/parts.ts";

/** Starts the scripted model and copies the sample project. */
export async function prepareDemo(): Promise<PreparedDemo> {
  const demo = await import("../demo/start-demo.ts");
  return demo.prepareDemo();
}

export interface DemoStarter {
  /** A fresh copy of the sample project each time; the model is started once. */
  readonly start: ServerParts["startDemo"];
  close(): Promise<void>;
}

/** The one-tap demo. `running` is the demo that this process already is, else null. */
export function createDemoStarter(catalogue: ModelCatalogue, running: PreparedDemo | null): DemoStarter {
  let started: Promise<PreparedDemo> | null = running === null ? null : Promise.resolve(running);
  const startFirst = async (): Promise<PreparedDemo> => {
    const demo = await prepareDemo();
    const { baseUrl, model } = demo;
    catalogue.register({ id: "demo", name: "Demo", baseUrl, apiKey: null, model, source: "demo" });
    return demo;
  };
  return {
    async start() {
      if (started === null) {
        started = startFirst();
        const demo = await started.catch((error: unknown) => {
          started = null;
          throw error;
        });
        return { projectPath: demo.projectPath, model: `demo/${demo.model}` };
      }
      const { model } = await started;
      const { copySampleProject } = await import("../demo/sample-project.ts");
      return { projectPath: await copySampleProject(), model: `demo/${model}` };
    },
    async close() {
      // The demo that this process is belongs to whoever started it.
      if (running === null) await (await started)?.close();
    },
  };
}
