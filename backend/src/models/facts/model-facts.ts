/** Everything that is known of one model, from whoever knows it best: its owner, its server, what it taught, the data file. */
import type { ModelFacts } from "../../agent/model.ts";
import type { ModelEntry, ModelPrice } from "../../protocol/catalogue.ts";
import type { OwnModel } from "../../protocol/provider.ts";
import { type DialectLesson, dialectOf } from "../dialect.ts";
import type { ModelProvider } from "../provider.ts";
import type { ListedModel } from "../providers/listed-model.ts";
import type { Learned, LearnedLimits } from "./learned-limits.ts";
import { type KnownModel, knownModel } from "./model-data.ts";

/** What the page is told, what the agent is told, and what the client must heed. */
export interface KnownFacts {
  readonly entry: ModelEntry;
  readonly facts: ModelFacts;
  /** Whether it thinks before it answers; null: unknown. */
  readonly thinks: boolean | null;
  readonly lessons: readonly DialectLesson[];
}

interface Sources {
  readonly provider: ModelProvider;
  readonly listed: ListedModel;
  readonly own: OwnModel | undefined;
  readonly known: KnownModel | null;
  readonly learned: Learned | null;
}

/** Gathers it; `listed` is what the provider's list said last, or the bare id. */
export async function gatherFacts(
  provider: ModelProvider,
  listed: ListedModel,
  limits: LearnedLimits,
): Promise<KnownFacts> {
  const { preset } = provider;
  const own = provider.models?.find((model) => model.id === listed.id);
  const known = preset === undefined || preset.isLocal ? null : await knownModel(preset.id, listed.id);
  const learned = await limits.of({ provider, model: listed.id }, listed.contextWindow ?? null);
  return factsFrom({ provider, listed, own, known, learned });
}

function factsFrom(sources: Sources): KnownFacts {
  const { provider, listed, own, known, learned } = sources;
  const lessons = learned?.lessons ?? [];
  const dialect = dialectOf(provider.baseUrl, provider.dialect);
  const editFormat = own?.editFormat ?? (known?.patch === true ? "patch" : undefined);
  const shared = {
    contextWindow: windowFrom(sources),
    outputLimit: own?.outputLimit ?? listed.outputLimit ?? known?.output ?? null,
    images: lessons.includes("no_images") ? false : (own?.images ?? listed.images ?? known?.images ?? null),
    tools: own?.tools ?? toolsFrom(sources),
    efforts:
      dialect.effort === "none" || lessons.includes("no_reasoning_effort") ? [] : [...(known?.efforts ?? [])],
  };
  return {
    entry: {
      id: listed.id,
      name: own?.name ?? listed.name ?? known?.name ?? listed.id,
      ...shared,
      price: own?.price ?? listed.price ?? known?.price ?? priceAtHome(sources),
      retired: provider.preset?.retiredOn !== undefined,
    },
    facts: {
      ...shared,
      ...(editFormat === undefined ? {} : { editFormat }),
      inputLimit: own?.contextWindow === undefined ? (learned?.inputLimit ?? null) : null,
      ...(isLimitLearned(sources) ? { isLimitLearned: true } : {}),
      countsOutput: learned?.countsOutput ?? dialect.countsOutput,
    },
    thinks: known?.thinks ?? null,
    lessons,
  };
}

/** What its owner set wins over what was learnt, and that over every list. */
function windowFrom({ own, listed, known, learned }: Sources): number | null {
  return own?.contextWindow ?? learned?.contextWindow ?? listed.contextWindow ?? known?.window ?? null;
}

function isLimitLearned({ own, learned }: Sources): boolean {
  if (own?.contextWindow !== undefined) return false;
  return learned?.contextWindow !== undefined || learned?.inputLimit !== undefined;
}

function toolsFrom({ listed, known, learned }: Sources): boolean | null {
  if (learned?.lessons.includes("no_tools") === true) return false;
  // The data file holds no model that cannot.
  return listed.tools ?? (known === null ? null : true);
}

const free: ModelPrice = { input: 0, output: 0 };

/** What runs on one's own machine costs nothing, but for what such a server only passes on. */
function priceAtHome({ provider, listed }: Sources): ModelPrice | null {
  return provider.preset?.isLocal === true && !/[:-]cloud$/.test(listed.id) ? free : null;
}
