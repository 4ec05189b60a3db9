/** Constructs what models come from: the catalogue with its files, and the model before it. */
import type { Config } from "../config.ts";
import type { PreparedDemo } from "../demo/start-demo.ts";
import { ModelCatalogue } from "../models/catalogue.ts";
import { LearnedLimits } from "../models/facts/learned-limits.ts";
import { createPersonalModel } from "../models/personal-model.ts";
import { ProviderStore } from "../models/providers/provider-store.ts";
import type { Logger, ServerParts } from "../server/parts.ts";
import { PersonalKeys } from "../server/sign-in/personal-keys.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";

export interface ModelsPlan {
  readonly config: Config;
  /** Set when the whole server is the demo: then there is no other model. */
  readonly demo: PreparedDemo | null;
  readonly redaction: Redaction;
  readonly logger: Logger;
}

/** The catalogue, the models of those who are signed in, and their keys. */
export function composeModels(
  plan: ModelsPlan,
): Pick<ServerParts, "catalogue" | "modelFor" | "personalKeys"> {
  const catalogue = createCatalogue(plan);
  return {
    catalogue,
    modelFor: (key) => createPersonalModel(catalogue, key),
    personalKeys: new PersonalKeys(),
  };
}

function createCatalogue({ config, demo, redaction, logger }: ModelsPlan): ModelCatalogue {
  if (demo !== null) {
    const { baseUrl, model } = demo;
    return new ModelCatalogue({ configured: { baseUrl, model, name: "Demo", demo: true }, localServers: [] });
  }
  const place = { directory: config.stateDirectory, files: durableFiles };
  const store = new ProviderStore({ ...place, onKey: (key) => redaction.remember("model key", key) });
  // Its keys must be known before anything is shown or logged that may hold one.
  store.content().catch((error: unknown) => logger.error("providers cannot be read", { error }));
  return new ModelCatalogue({
    configured: {
      baseUrl: config.modelsBaseUrl ?? undefined,
      apiKey: config.modelsApiKey ?? undefined,
      headers: config.modelsHeaders,
      model: config.model ?? undefined,
    },
    keys: config.providerKeys,
    store,
    learned: new LearnedLimits({
      ...place,
      report: (error) => logger.warn("what models taught is not kept", { error }),
    }),
  });
}
