/** Models mix the dialects that they were trained on: what the tool runner forgives in arguments is forgiven inside them too. */

/** What models call the path of a file. */
export const pathSynonyms = {
  file_path: "path",
  filePath: "path",
  filepath: "path",
  file: "path",
  filename: "path",
  target_file: "path",
} as const;

/** The value with other names for its fields made ours, where ours is not there; anything but an object as it is. */
export function withOwnNames(value: unknown, synonyms: Readonly<Record<string, string>>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, content]): [string, unknown] => {
    const own = Object.hasOwn(synonyms, name) ? (synonyms[name] ?? name) : name;
    return [Object.hasOwn(value, own) ? name : own, content];
  });
  return Object.fromEntries(entries);
}
