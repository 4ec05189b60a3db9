/** Names a session after its first prompt. Pure. */
import { readAttached } from "../../../transcript/attached-text.ts";
import type { ContentBlock } from "../protocol/content.ts";

const maxCharacters = 60;

/** The first words in one line of at most 60 characters, or null when there are none. */
export function titleOf(content: readonly ContentBlock[]): string | null {
  const text = content
    .map((block) =>
      block.type === "text" ? plainText(block.text) : block.type === "image" ? "Picture" : block.name,
    )
    .find((part) => part.trim() !== "");
  if (text === undefined) return null;
  const line = [...text.replace(/\s+/gu, " ").trim()];
  if (line.length <= maxCharacters) return line.join("");
  const cut = line.slice(0, maxCharacters - 1).join("");
  const lastSpace = cut.lastIndexOf(" ");
  return `${lastSpace > maxCharacters / 2 ? cut.slice(0, lastSpace) : cut}…`;
}

/** What is pasted says itself what it is, a file by its name: not the tag that the model reads. */
function plainText(text: string): string {
  const attached = readAttached(text);
  if (attached === null) return text;
  return attached.source === "file" ? attached.name : attached.text;
}
