/** The few lines between `---` that skills and commands begin with: `name: value`, one a line. Not YAML, but what is found there. */

export interface MarkdownFile {
  /** Values as they stand, without quotes around them; names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** Everything after the front matter. */
  readonly body: string;
}

/** Front matter that goes on for longer is none. */
const longestHead = 8_192;
/** What a value may gain by the lines below it. */
const longestContinuation = 1_024;
const fence = /^---[ \t]*\r?\n/;

/** Reads the front matter; a file without one is all body. Lines that are not `name: value` are skipped. */
export function readFrontMatter(text: string): MarkdownFile {
  const opened = fence.exec(text);
  const rest = opened === null ? text : text.slice(opened[0].length);
  const closed = opened === null ? null : /^---[ \t]*(?:\r?\n|$)/m.exec(rest.slice(0, longestHead));
  if (closed === null) return { fields: new Map(), body: text };
  const head = rest.slice(0, closed.index);
  return { fields: fieldsOf(head), body: rest.slice(closed.index + closed[0].length) };
}

/** A value goes on in the lines that are indented below it. */
function fieldsOf(head: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string[]>();
  let parts: string[] | null = null;
  let room = 0;
  for (const line of head.split(/\r?\n/)) {
    const [, key, value = ""] = /^([A-Za-z][\w-]*):(.*)$/s.exec(line) ?? [];
    const more = line.trim();
    if (key !== undefined) {
      parts = [unquoted(value)];
      room = longestContinuation;
      fields.set(key.toLowerCase(), parts);
    } else if (parts !== null && /^\s/.test(line) && more !== "" && more.length <= room) {
      parts.push(more);
      room -= more.length + 1;
    }
  }
  return new Map([...fields].map(([name, value]) => [name, value.filter(Boolean).join(" ")]));
}

function unquoted(value: string): string {
  const trimmed = value.trim();
  if (/^[|>][-+]?$/.test(trimmed)) return "";
  return /^(["']).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}
