/** A model for one person: where a provider takes the key of whoever is signed in, theirs is sent, and nobody else's. */
import type { Model, ModelEndEvent } from "../agent/model.ts";
import type { ModelCatalogue } from "./catalogue.ts";
import { createChatModel } from "./chat-client.ts";

/** `key` null: nobody is signed in, and such a provider asks for that. `shared` is the model for all other providers. */
export function createPersonalModel(catalogue: ModelCatalogue, shared: Model, key: string | null): Model {
  return {
    describe: (model) => shared.describe(model),
    async *stream(request, signal) {
      const provider = await catalogue.takesPersonalKey(request.model);
      if (provider === null) yield* shared.stream(request, signal);
      else if (key === null) yield signInFirst(provider);
      else yield* createChatModel(catalogue.withPersonalKey(key)).stream(request, signal);
    },
  };
}

function signInFirst(provider: string): ModelEndEvent {
  const problem = { code: "model_sign_in", provider } as const;
  const end = { type: "problem", problem, retryable: false } as const;
  return { type: "end", end, calls: [], usage: null, contextWindow: null };
}
