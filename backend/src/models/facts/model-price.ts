/** What a request costs, worked out as providers bill it. */
import type { ModelUsage } from "../../agent/model.ts";
import type { ModelPrice } from "../../protocol/catalogue.ts";

/** No request costs more: what is above it, or no number, is somebody's mistake. */
const mostDollars = 1_000_000;

/** US dollars; null when the price or the counts are not known. What the endpoint itself says it cost wins. */
export function costOf(usage: ModelUsage, price: ModelPrice | null): number | null {
  const cost = usage.cost ?? workedOut(usage, price);
  return cost !== null && Number.isFinite(cost) && cost <= mostDollars ? cost : null;
}

function workedOut(usage: ModelUsage, price: ModelPrice | null): number | null {
  const { inputTokens, outputTokens } = usage;
  if (price === null || inputTokens === null || outputTokens === null) return null;
  const rates = ratesFor(price, inputTokens);
  const cached = Math.min(usage.cachedInputTokens ?? 0, inputTokens);
  // Without a price of their own, cached tokens cost what the others do: rather too much than too little.
  const cachedRate = rates.cachedInput ?? rates.input;
  return (
    ((inputTokens - cached) * rates.input + cached * cachedRate + outputTokens * rates.output) / 1_000_000
  );
}

/** The highest tier whose bound the input exceeds: the whole request is billed at it. */
function ratesFor(price: ModelPrice, inputTokens: number): Omit<ModelPrice, "tiers"> {
  const reached = (price.tiers ?? []).filter(({ above }) => inputTokens > above);
  return (
    reached.reduce<(typeof reached)[number] | null>(
      (highest, tier) => (highest === null || tier.above > highest.above ? tier : highest),
      null,
    ) ?? price
  );
}
