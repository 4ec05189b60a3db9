/** What a person can choose from: models and projects. */
import * as z from "zod";
import { Timestamp } from "./identifiers.ts";
import { Effort } from "./session.ts";

const rate = z.number().nonnegative().max(1_000_000);

/** US dollars for a million tokens. What a cache gives or takes is absent where nothing is known of it. */
const Rates = z.object({
  input: rate,
  output: rate,
  cachedInput: rate.optional(),
  cacheWrite: rate.optional(),
});

/** What a model costs; `tiers` hold for a whole request whose input is above so many tokens. */
export const ModelPrice = Rates.extend({
  tiers: z.array(Rates.extend({ above: z.int().nonnegative() })).optional(),
}).meta({ id: "ModelPrice" });
export type ModelPrice = z.infer<typeof ModelPrice>;

/** One model of a provider. `id` is the endpoint's own name. Null: unknown, never guessed. */
export const ModelEntry = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Tokens of a request and its answer together. */
    contextWindow: z.int().nullable(),
    outputLimit: z.int().nullable(),
    images: z.boolean().nullable(),
    tools: z.boolean().nullable(),
    /** How hard it can be told to think; empty: it has no choice, or none is known. */
    efforts: z.array(Effort),
    price: ModelPrice.nullable(),
    /** Its provider has ended. */
    retired: z.boolean(),
  })
  .meta({ id: "ModelEntry" });
export type ModelEntry = z.infer<typeof ModelEntry>;

/** Where a provider comes from: `VOXPILOT_MODELS_BASE_URL`, the variable of its key, the page, loopback, or the demo. */
export const ProviderSource = z.enum(["configured", "environment", "settings", "found", "demo"]);
export type ProviderSource = z.infer<typeof ProviderSource>;

/** One place where models may be had, looked at just now. */
export const ProviderListing = z
  .object({
    id: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    source: ProviderSource,
    available: z.boolean(),
    /** Why it cannot be used now. */
    problem: z.object({ code: z.string(), detail: z.string().optional() }).nullable(),
    /** The day on which it ended, as `2026-07-30`; null: it has not. */
    retiredOn: z.string().nullable(),
    models: z.array(ModelEntry),
  })
  .meta({ id: "ProviderListing" });
export type ProviderListing = z.infer<typeof ProviderListing>;

/** `default` is the `provider/model` that a new session gets, or null: there is none to be had. */
export const ModelListing = z
  .object({ default: z.string().nullable(), providers: z.array(ProviderListing) })
  .meta({ id: "ModelListing" });
export type ModelListing = z.infer<typeof ModelListing>;

/** A folder that sessions may work in; `path` is absolute and resolved, `branch` null outside git. */
export const Project = z
  .object({
    id: z.string(),
    name: z.string(),
    path: z.string(),
    branch: z.string().nullable(),
    /** Files with instructions that a session here would load. */
    instructions: z.array(z.string()),
    lastUsedAt: Timestamp.nullable(),
  })
  .meta({ id: "Project" });
export type Project = z.infer<typeof Project>;
