/** Text from elsewhere that should be JSON. */

/** Undefined when it is not: a schema refuses that like anything else that is wrong. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what that means.
    return undefined;
  }
}
