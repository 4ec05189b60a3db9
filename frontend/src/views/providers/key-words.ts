/** What the page says of a key, which it never sees. */
import type { ProviderEntry } from "../../api/types.ts";
import { providers as words } from "../../text/en-models.ts";

/** Where its key is, in words. */
export function keyWords({ key, variable }: Pick<ProviderEntry, "key" | "variable">): string {
  const { keyPlaces } = words;
  return key === "environment" ? keyPlaces.environment(variable ?? "") : keyPlaces[key];
}
