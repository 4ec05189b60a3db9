/** How hard a model is to think, in words: part of the first load. */

/** How hard a model is to think; "" is as it does by itself. */
export const effort = {
  label: "How hard it thinks",
  names: { "": "By itself", minimal: "Minimal", low: "Low", medium: "Medium", high: "High" },
} as const;
