/** What the model is told beside a person's words: the text of a slash command, and the files that are mentioned with `@`. */
import { readAttached } from "../../../transcript/attached-text.ts";
import type { ContentBlock } from "../protocol/content.ts";
import type { SessionUpdate } from "../protocol/session-update.ts";
import { readBytes } from "../workspace/files/file-text.ts";
import { isSecretPath } from "../workspace/files/protected-names.ts";
import { resolveInside } from "../workspace/files/safe-path.ts";
import { WorkspaceError } from "../workspace/workspace-error.ts";
import { expandedCommand } from "./slash-commands.ts";

export type PromptContext = Extract<SessionUpdate, { sessionUpdate: "prompt_context" }>;

/** Where commands are looked for, and how much of a file is told at once. */
export interface PromptPlace {
  readonly root: string;
  readonly userFolder: string | null;
  readonly fileBytes: number;
}

interface AcceptedPrompt {
  readonly promptId: string;
  readonly content: readonly ContentBlock[];
}

const mostFiles = 10;
/** Signs that are looked at: most of those that lead nowhere are no mentions. */
const mostMentions = 100;
/** Of each: the log keeps it, and every client reads that. */
const longestTextCharacters = 200_000;
const mention = /(?<![\w@])@([\w./~+-]+(?:\\ [\w./~+-]+)*)/g;

/** In the order in which the model is to read them; nothing for a prompt that is only words. */
export async function promptContext(prompt: AcceptedPrompt, place: PromptPlace): Promise<PromptContext[]> {
  const text = prompt.content.map(ownWords).join("\n");
  const command = await expandedCommand(text, place);
  const files = await mentionedFiles(text, place);
  const sources = [
    ...(command === null
      ? []
      : [{ source: { type: "command" as const, name: command.name }, text: command.text }]),
    ...files,
  ];
  return sources.map((source) => ({
    sessionUpdate: "prompt_context",
    promptId: prompt.promptId,
    ...source,
    text: source.text.slice(0, longestTextCharacters),
  }));
}

/** What is attached is whoever's: it asks for nothing. */
function ownWords(block: ContentBlock): string {
  return block.type === "text" && readAttached(block.text) === null ? block.text : "";
}

type FileContext = Pick<PromptContext, "source" | "text">;

async function mentionedFiles(text: string, place: PromptPlace): Promise<FileContext[]> {
  const files: FileContext[] = [];
  for (const path of mentioned(text)) {
    const file = await fileContext(path, place);
    if (file !== null) files.push(file);
    if (files.length === mostFiles) break;
  }
  return files;
}

function mentioned(text: string): string[] {
  const paths = [...text.matchAll(mention)].map(([, path = ""]) =>
    path.replaceAll("\\ ", " ").replace(/(?<![.,])[.,]+$/, ""),
  );
  return [...new Set(paths)].slice(0, mostMentions);
}

/** Null where the name leads to no text file of the project: then `@` was only a sign. */
async function fileContext(path: string, { root, fileBytes }: PromptPlace): Promise<FileContext | null> {
  try {
    const resolved = await resolveInside(root, path);
    if (!resolved.inside || !resolved.exists || isSecretPath(resolved.relative)) return null;
    const { bytes } = await readBytes(resolved.absolute);
    if (bytes.includes(0)) return null;
    const source = { type: "file" as const, path: resolved.relative };
    return { source, text: fileWords(resolved.relative, bytes, fileBytes) };
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}

function fileWords(path: string, bytes: Buffer, fileBytes: number): string {
  if (bytes.length > fileBytes)
    return `${path} is mentioned; it has ${bytes.length} bytes. Read the parts of it that are needed.`;
  return `${path} is mentioned. It says:\n${bytes.toString("utf8")}`;
}
