/** Names of tools as endpoints take them, and back: 64 letters, digits, `_` and `-`. */
import { createHash } from "node:crypto";
import type { ModelTool } from "../../agent/model.ts";

const longestNameCharacters = 64;
const hashLength = 8;
const legal = /^[a-zA-Z0-9_-]{1,64}$/;

/** The same name always becomes the same one; what has to be changed ends in a hash, so that two names stay two. */
export function sentToolName(name: string): string {
  if (legal.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, hashLength);
  const cut = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, longestNameCharacters - hashLength - 1);
  return `${cut}_${hash}`;
}

/** Our own name of a tool that the model called by its sent name; names that are no tool's stay as they are. */
export function ownToolName(tools: readonly ModelTool[], sent: string): string {
  return tools.find((tool) => tool.name === sent || sentToolName(tool.name) === sent)?.name ?? sent;
}
