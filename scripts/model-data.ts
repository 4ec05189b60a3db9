/**
 * Makes `backend/src/models/facts/model-data.json` anew from a package of facts about models:
 * `npm pack @earendil-works/pi-ai@VERSION`, unpack it anywhere, `npx tsx scripts/model-data.ts FOLDER DATE`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { packageRoot } from "./paths.mjs";

/** Our preset ← the package's provider. */
const sources: Readonly<Record<string, string>> = {
  openai: "openai",
  openrouter: "openrouter",
  groq: "groq",
  mistral: "mistral",
  deepseek: "deepseek",
  gemini: "google",
  anthropic: "anthropic",
  azure: "azure",
  xai: "xai",
  together: "together",
  fireworks: "fireworks",
  cerebras: "cerebras",
};
/** Anthropic's compatible interface takes no effort. */
const withoutEffort = new Set(["anthropic"]);
/** These take the usual ones of every model that thinks. */
const withUsualEfforts = new Set(["openrouter", "azure"]);
/** Families that were trained to change files by `apply_patch`: OpenAI's from the fifth generation on, but for open weights and sound. */
const patching = /(?:^|\/)gpt-(?!3|4|oss|audio)|codex/;
const levels = ["minimal", "low", "medium", "high"];

const Cost = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
});
const SourceModel = z.object({
  type: z.literal("chat"),
  id: z.string(),
  name: z.string(),
  reasoning: z.boolean(),
  input: z.array(z.string()),
  contextWindow: z.int().positive(),
  maxTokens: z.int().positive(),
  cost: Cost.extend({ tiers: z.array(Cost.extend({ inputTokensAbove: z.int() })).optional() }),
  thinkingLevelMap: z.record(z.string(), z.string().nullable()).optional(),
  compat: z.looseObject({ supportsReasoningEffort: z.boolean().optional() }).optional(),
});
type SourceModel = z.infer<typeof SourceModel>;
const SourceFile = z.record(z.string(), z.record(z.string(), z.unknown()));

const [folder, date] = process.argv.slice(2);
if (folder === undefined || date === undefined)
  throw new Error("Usage: npx tsx scripts/model-data.ts FOLDER DATE");
const { name, version, license } = z
  .object({ name: z.string(), version: z.string(), license: z.string() })
  .parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
const providers = await Promise.all(
  Object.entries(sources).map(
    async ([preset, source]) => [preset, await modelLines(preset, source)] as const,
  ),
);
const head = {
  date,
  source: `${name} ${version} and models.dev`,
  license: `${license}; models.dev: © 2025 spin.dev, MIT`,
  unit: "US dollars per million tokens",
};
const body = providers.map(
  ([preset, lines]) => `    ${JSON.stringify(preset)}: {\n${lines.join(",\n")}\n    }`,
);
const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "providers": {\n${body.join(",\n")}\n  }\n}\n`;
await writeFile(`${packageRoot}backend/src/models/facts/model-data.json`, text);
process.stdout.write(
  `${providers.reduce((sum, [, lines]) => sum + lines.length, 0)} models, ${text.length} bytes\n`,
);

/** One line a model, so that the next version is read as a difference. */
async function modelLines(preset: string, source: string): Promise<string[]> {
  const path = join(folder ?? "", "dist/providers/data", `${source}.json`);
  const interfaces = SourceFile.parse(JSON.parse(await readFile(path, "utf8")));
  const models = Object.values(interfaces)
    .flatMap((group) => Object.values(group))
    .flatMap((model) => {
      const parsed = SourceModel.safeParse(model);
      return parsed.success && !parsed.data.id.endsWith(":batch") ? [parsed.data] : [];
    });
  const rows = new Map(models.map((model) => [model.id, rowOf(preset, model)]));
  return [...rows]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, row]) => `      ${JSON.stringify(id)}: ${JSON.stringify(row)}`);
}

/** The package lists no chat model that cannot call tools, so nothing is said of that here. */
function rowOf(preset: string, model: SourceModel) {
  const efforts = withoutEffort.has(preset) ? [] : effortsOf(preset, model);
  const price = priceOf(model);
  return {
    name: model.name,
    window: model.contextWindow,
    output: model.maxTokens,
    ...(model.input.includes("image") ? { images: true } : {}),
    ...(model.reasoning ? { thinks: true } : {}),
    ...(patching.test(model.id) ? { patch: true } : {}),
    ...(efforts.length === 0 ? {} : { efforts }),
    ...(price === null ? {} : { price }),
  };
}

function effortsOf(preset: string, { reasoning, compat, thinkingLevelMap: map }: SourceModel): string[] {
  if (!reasoning || compat?.supportsReasoningEffort === false) return [];
  const isUsual = (level: string) => withUsualEfforts.has(preset) && level !== "minimal";
  return levels.filter((level) => map?.[level] === level || (map?.[level] === undefined && isUsual(level)));
}

/** A nought is a price only where the name says that it costs nothing. */
function priceOf({ id, cost }: SourceModel) {
  if (cost.input === 0 && cost.output === 0) return id.endsWith(":free") ? { input: 0, output: 0 } : null;
  const tiers = (cost.tiers ?? []).map((tier) => ({ above: tier.inputTokensAbove, ...ratesOf(tier) }));
  return { ...ratesOf(cost), ...(tiers.length === 0 ? {} : { tiers }) };
}

function ratesOf({ input, output, cacheRead, cacheWrite }: z.infer<typeof Cost>) {
  return {
    input,
    output,
    ...(cacheRead === 0 ? {} : { cachedInput: cacheRead }),
    ...(cacheWrite === 0 ? {} : { cacheWrite }),
  };
}
