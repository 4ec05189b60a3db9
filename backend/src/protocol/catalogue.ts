/** What a person can choose from: models and projects. */
import * as z from "zod";
import { Timestamp } from "./identifiers.ts";

/** One model of a provider. `id` is the endpoint's own name; `contextWindow` counts tokens, null: unknown. */
export const ModelEntry = z
  .object({ id: z.string(), name: z.string(), contextWindow: z.int().nullable() })
  .meta({ id: "ModelEntry" });
export type ModelEntry = z.infer<typeof ModelEntry>;

/** One place where models may be had, looked at just now. */
export const ProviderListing = z
  .object({
    id: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    /** Where it comes from: configured, found on loopback, or the scripted demo. */
    source: z.enum(["configured", "found", "demo"]),
    available: z.boolean(),
    /** Why it cannot be used now. */
    problem: z.object({ code: z.string(), detail: z.string().optional() }).nullable(),
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
