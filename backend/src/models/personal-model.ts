/** A model for one person: where a provider takes the key of whoever is signed in, theirs is sent, and nobody else's. */
import type { Model, ModelEndEvent } from "../agent/model.ts";
import type { ModelCatalogue } from "./catalogue.ts";
import { createChatModel } from "./chat-client.ts";
import type { OnLearned } from "./dialect.ts";

/** `key` null: nobody is signed in, and a provider that takes such a key asks for that. */
export function createPersonalModel(catalogue: ModelCatalogue, key: string | null): Model {
  const onLearned: OnLearned = (provider, model, fact) => void catalogue.learn(provider, model, fact);
  const shared = createChatModel(catalogue, { onLearned });
  const personal = key === null ? null : createChatModel(catalogue.withPersonalKey(key), { onLearned });
  return {
    describe: (model) => catalogue.describe(model),
    async *stream(request, signal) {
      const provider = await catalogue.takesPersonalKey(request.model);
      if (provider === null) yield* shared.stream(request, signal);
      else if (personal === null) yield signInFirst(provider);
      else yield* personal.stream(request, signal);
    },
  };
}

function signInFirst(provider: string): ModelEndEvent {
  const problem = { code: "model_sign_in", provider } as const;
  const end = { type: "problem", problem, retryable: false } as const;
  return { type: "end", end, calls: [], usage: null, contextWindow: null };
}
