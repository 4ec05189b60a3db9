/** One row of a provider's list of models, in the many words that providers have for the same. */
import * as z from "zod";
import type { ModelPrice } from "../../protocol/catalogue.ts";

/** What the list itself says. Absent: it does not. */
export interface ListedModel {
  readonly id: string;
  readonly name?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly outputLimit?: number | undefined;
  readonly images?: boolean | undefined;
  readonly tools?: boolean | undefined;
  readonly price?: ModelPrice | undefined;
}

const tokens = z.int().positive().max(1_000_000_000).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const words = z.array(z.string()).optional().catch(undefined);

/** What the field should be, or nothing at all: one strange field does not cost the row. */
function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

/** Dollars for one token, written as text. */
const perToken = z.coerce.number().nonnegative().max(1).optional().catch(undefined);

const Row = z.object({
  id: z.string().min(1).max(300),
  name: z.string().min(1).max(300).optional().catch(undefined),
  display_name: z.string().min(1).max(300).optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  context_window: tokens,
  context_length: tokens,
  max_context_length: tokens,
  max_model_len: tokens,
  max_input_tokens: tokens,
  max_completion_tokens: tokens,
  max_output_tokens: tokens,
  supports_tools: flag,
  supports_image_input: flag,
  supports_chat: flag,
  supported_parameters: words,
  supported_input_modalities: words,
  capabilities: z
    .union([z.array(z.string()), z.object({ function_calling: flag, vision: flag, completion_chat: flag })])
    .optional()
    .catch(undefined),
  architecture: part({ input_modalities: words }),
  limits: part({ max_input_tokens: tokens, max_output_tokens: tokens }),
  meta: part({ n_ctx: tokens, n_ctx_train: tokens }),
  top_provider: part({ context_length: tokens, max_completion_tokens: tokens }),
  pricing: part({
    prompt: perToken,
    completion: perToken,
    input_cache_read: perToken,
    input_cache_write: perToken,
  }),
});
type Row = z.infer<typeof Row>;

/** The row; null when it is none, or is of a model that does not chat. */
export function readListedModel(value: unknown): ListedModel | null {
  const parsed = Row.safeParse(value);
  if (!parsed.success || isOtherKind(parsed.data)) return null;
  const row = parsed.data;
  return {
    id: row.id,
    name: row.display_name ?? row.name,
    contextWindow: windowOf(row),
    outputLimit:
      row.max_completion_tokens ??
      row.max_output_tokens ??
      row.limits?.max_output_tokens ??
      row.top_provider?.max_completion_tokens,
    images: imagesOf(row),
    tools: toolsOf(row),
    price: priceOf(row),
  };
}

/** What runs counts for more than what could run; a list of services that all have the model, for what the first of them takes. */
function windowOf(row: Row): number | undefined {
  return (
    row.meta?.n_ctx ??
    row.max_model_len ??
    row.top_provider?.context_length ??
    row.context_window ??
    row.context_length ??
    row.max_context_length ??
    row.limits?.max_input_tokens ??
    row.max_input_tokens ??
    row.meta?.n_ctx_train
  );
}

function imagesOf(row: Row): boolean | undefined {
  const modalities = row.supported_input_modalities ?? row.architecture?.input_modalities;
  if (modalities !== undefined) return modalities.includes("image");
  return row.supports_image_input ?? capability(row, "vision");
}

function toolsOf(row: Row): boolean | undefined {
  if (row.supported_parameters !== undefined) return row.supported_parameters.includes("tools");
  if (Array.isArray(row.capabilities) && row.capabilities.includes("tool-calling")) return true;
  return row.supports_tools ?? capability(row, "function_calling");
}

function capability({ capabilities }: Row, name: "vision" | "function_calling"): boolean | undefined {
  return capabilities === undefined || Array.isArray(capabilities) ? undefined : capabilities[name];
}

function priceOf({ pricing }: Row): ModelPrice | undefined {
  if (pricing?.prompt === undefined || pricing.completion === undefined) return undefined;
  const million = (rate: number) => Number((rate * 1_000_000).toPrecision(8));
  const { input_cache_read: read, input_cache_write: write } = pricing;
  return {
    input: million(pricing.prompt),
    output: million(pricing.completion),
    ...(read === undefined ? {} : { cachedInput: million(read) }),
    ...(write === undefined ? {} : { cacheWrite: million(write) }),
  };
}

const otherNames =
  /embed|whisper|rerank|moderation|\btts\b|dall-e|gpt-image|\bsora\b|realtime|transcribe|\bimagen\b|\bveo\b|stable-diffusion|\bocr\b/i;
const otherTypes = /^(?:embeddings?|image|audio|video|moderation|rerank|transcribe)$/;

/** Models that cannot chat stand in the same lists. */
function isOtherKind(row: Row): boolean {
  if (row.supports_chat === false || otherNames.test(row.id)) return true;
  const { capabilities } = row;
  const isNoChat =
    capabilities !== undefined && !Array.isArray(capabilities) && capabilities.completion_chat === false;
  return isNoChat || otherTypes.test(row.type ?? "");
}
