/** A text that goes with a message as a block of its own, between two tags: where it came from, and what the person did not write. */

export interface AttachedText {
  /** Empty: it has none. */
  readonly name: string;
  /** pasted: from the clipboard. file: what stands in a file of the person's device. */
  readonly source: "pasted" | "file";
  readonly text: string;
}

/** The text of the block: the model reads where it begins, where it ends, and whose it is. No text can end its own block. */
export function writeAttached({ name, source, text }: AttachedText): string {
  const tag = freeTag(source, text);
  const named = source === "pasted" ? "" : ` name="${attribute(name)}"`;
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return `<${tag}${named} lines="${lineCount(text)}">\n${body}</${tag}>`;
}

const head = /^<(?:(pasted(?:-\d{1,9})?)|(file(?:-\d{1,9})?) name="([^"<>\n]*)") lines="(\d{1,9})">\n/;

/** What stands in such a block; null: it is none, or says something else of itself than what stands in it. */
export function readAttached(block: string): AttachedText | null {
  const found = head.exec(block);
  if (found === null) return null;
  const [opening, pasted, file, name = "", lines] = found;
  const end = `</${pasted ?? file}>`;
  if (!block.endsWith(`\n${end}`)) return null;
  const text = block.slice(opening.length, -end.length);
  if (lineCount(text) !== Number(lines)) return null;
  return { name, source: pasted === undefined ? "file" : "pasted", text };
}

/** How many lines a text has; what ends the last one begins no other. */
export function lineCount(text: string): number {
  const lines = text.split("\n").length;
  return text.endsWith("\n") ? lines - 1 : lines;
}

/** The source's own word; with the lowest number behind it that the text does not hold, where the text holds that word as a tag. */
function freeTag(source: AttachedText["source"], text: string): string {
  // A model also takes `</ Pasted >` for an end.
  const tags = text
    .toLowerCase()
    .replaceAll(/\s/g, "")
    .matchAll(/<\/?(pasted|file)(?:-(\d{1,9}))?/g);
  const taken = new Set(
    [...tags].flatMap(([, word, number]) => (word === source ? [Number(number ?? 1)] : [])),
  );
  if (taken.size === 0) return source;
  let free = 2;
  while (taken.has(free)) free += 1;
  return `${source}-${free}`;
}

function attribute(name: string): string {
  return name.replaceAll(/["<>\p{Cc}]/gu, "'");
}
