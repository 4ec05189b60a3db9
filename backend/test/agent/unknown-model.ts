/** A model of which nothing is known. */
import type { ModelFacts } from "../../src/agent/model.ts";

export const unknownFacts: ModelFacts = {
  contextWindow: null,
  inputLimit: null,
  outputLimit: null,
  countsOutput: false,
  images: null,
  tools: null,
  efforts: [],
};
