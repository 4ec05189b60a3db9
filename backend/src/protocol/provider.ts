/** Providers as a person sets them up. A key goes in and never comes out. */
import * as z from "zod";
import { ModelPrice, ProviderSource } from "./catalogue.ts";
import { PutHeaders, PutQuery, ShownField } from "./request-field.ts";

/** What stands before the `/` of `provider/model`. */
export const ProviderId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/);

/** A model that a person named, with what they know better than the endpoint and the data file. */
export const OwnModel = z
  .object({
    id: z.string().min(1).max(300),
    name: z.string().min(1).max(300).optional(),
    contextWindow: z.int().positive().optional(),
    outputLimit: z.int().positive().optional(),
    images: z.boolean().optional(),
    tools: z.boolean().optional(),
    /** How it is to change files: by replacing text, or by patches. */
    editFormat: z.enum(["edit", "patch"]).optional(),
    price: ModelPrice.optional(),
  })
  .meta({ id: "OwnModel" });
export type OwnModel = z.infer<typeof OwnModel>;

/** Where a provider's key is. missing: it needs one. none: it needs none. github: whoever is signed in with GitHub brings it. */
export const KeyPlace = z.enum(["none", "missing", "stored", "environment", "github"]);
export type KeyPlace = z.infer<typeof KeyPlace>;

/** A provider without its key. */
export const ProviderEntry = z
  .object({
    id: z.string(),
    name: z.string(),
    /** What it was made from; null: an address of its own. */
    preset: z.string().nullable(),
    baseUrl: z.string(),
    source: ProviderSource,
    key: KeyPlace,
    /** The variable that the key comes from. */
    variable: z.string().nullable(),
    /** What goes with every request beside the key. */
    headers: z.array(ShownField),
    query: z.array(ShownField),
    models: z.array(OwnModel),
    retiredOn: z.string().nullable(),
  })
  .meta({ id: "ProviderEntry" });
export type ProviderEntry = z.infer<typeof ProviderEntry>;

/** What can be added, with what is known of it. */
export const ProviderPreset = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Null: everybody has an address of their own. */
    baseUrl: z.string().nullable(),
    keyVariables: z.array(z.string()),
    /** Headers and fields of the query that this service knows of, to be offered. */
    headerNames: z.array(z.string()),
    queryNames: z.array(z.string()),
    auth: z.enum(["key", "none", "github"]),
    isLocal: z.boolean(),
    retiredOn: z.string().nullable(),
  })
  .meta({ id: "ProviderPreset" });
export type ProviderPreset = z.infer<typeof ProviderPreset>;

/** `defaultModel`: what a person chose for new sessions, as `provider/model`; null: nobody chose. */
export const ProviderSettings = z
  .object({
    providers: z.array(ProviderEntry),
    presets: z.array(ProviderPreset),
    defaultModel: z.string().nullable(),
    /** Of which day the prices and windows are that no endpoint tells, and whose. */
    data: z.object({ date: z.string(), source: z.string(), license: z.string() }),
  })
  .meta({ id: "ProviderSettings" });
export type ProviderSettings = z.infer<typeof ProviderSettings>;

function hasNoPassword(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.username === "" && url.password === "";
}

/** `key`, `headers` or `query` absent: what is kept, unless the address is another one. `key` null: none any more. */
export const PutProvider = z
  .object({
    preset: z.string().max(40).nullable(),
    name: z.string().trim().min(1).max(60),
    /** Without a name and a password: a key goes into `key`, where nobody reads it. What stands behind its `?` is taken into `query`. */
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .refine(hasNoPassword, "The address must not hold a name or a password."),
    key: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .max(8_192)
      .nullable()
      .optional(),
    headers: PutHeaders.optional(),
    query: PutQuery.optional(),
    models: z.array(OwnModel).max(200).optional(),
  })
  .meta({ id: "PutProvider" });
export type PutProvider = z.infer<typeof PutProvider>;

/** What came of trying a provider. Each but `works` is one thing that is wrong. */
export const ConnectionOutcome = z.enum([
  "works",
  "unknown_host",
  "refused",
  /** A port that belongs to something else: no client speaks HTTP to it. */
  "bad_port",
  "unreachable",
  "tls",
  "timeout",
  "key_missing",
  "key_refused",
  "forbidden",
  "sign_in_needed",
  /** Azure answers under the address of a deployment only with an `api-version`. */
  "version_missing",
  "wrong_path",
  "redirect",
  "not_an_endpoint",
  "gone",
  "no_models",
  "model_missing",
  "no_tools",
  "not_streaming",
  "quota",
  "rate_limit",
  "failed",
]);
export type ConnectionOutcome = z.infer<typeof ConnectionOutcome>;

/** `detail`: the endpoint's or the system's own words. */
export const ConnectionReport = z
  .object({
    outcome: ConnectionOutcome,
    status: z.int().nullable(),
    detail: z.string().nullable(),
    /** How many models it lists; null: it gives no list. */
    models: z.int().nullable(),
    /** The model that was asked. */
    model: z.string().nullable(),
    /** An address that answers where this one does not. */
    betterBaseUrl: z.string().nullable(),
    /** Until the first word. */
    answeredAfterMs: z.int().nullable(),
  })
  .meta({ id: "ConnectionReport" });
export type ConnectionReport = z.infer<typeof ConnectionReport>;
