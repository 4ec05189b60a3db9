/** The demo's second story: tells about the project from what its files really say. Streams a long answer with every kind of Markdown. */
import type { AnsweredCall, Conversation } from "./scripted-model/conversation.ts";
import type { ScriptedReply } from "./scripted-model/script.ts";
import { isRefused, knownText, withoutLineNumbers } from "./story-facts.ts";

const mostFiles = 8;

/** The next reply, from the calls made for this prompt so far. */
export function tellAboutProject({ calls }: Conversation): ScriptedReply {
  const listing = calls.find((call) => call.tool === "glob");
  if (!listing) return firstLook();
  const sources = calls.filter((call) => call.tool === "read" && /\.js$/.test(String(call.arguments.path)));
  if (sources.length > 0 || calls.some(isRefused)) return { text: description(calls, sources) };
  const paths = listedPaths(listing.result);
  if (paths.length === 0) return { text: description(calls, []) };
  return {
    text: `${paths.length} source files. I will read them all.`,
    calls: paths.map((path) => ({ tool: "read", arguments: { path } })),
  };
}

function firstLook(): ScriptedReply {
  return {
    text: "I will read what the project says about itself first.",
    calls: [
      { tool: "read", arguments: { path: "README.md" } },
      { tool: "read", arguments: { path: "package.json" } },
      { tool: "glob", arguments: { pattern: "src/**/*.js" } },
    ],
  };
}

function listedPaths(listing: string): string[] {
  const paths = listing.match(/\bsrc\/[\w./-]+\.js\b/g) ?? [];
  return [...new Set(paths)].sort().slice(0, mostFiles);
}

function description(calls: readonly AnsweredCall[], sources: readonly AnsweredCall[]): string {
  const readme = knownText(calls, "README.md") ?? "";
  const name = /"name": "([^"]+)"/.exec(knownText(calls, "package.json") ?? "")?.[1] ?? "This project";
  const rules = readme.match(/^- .+$/gm) ?? [];
  const parts = [
    `## ${name}`,
    firstParagraph(readme),
    ...(rules.length > 0 ? ["### How it works", rules.join("\n")] : []),
    ...(sources.length > 0 ? ["### Files", fileTable(sources)] : []),
    ...excerpt(sources),
    "> All of this comes from the files themselves. The script only knows how to put it together; a real model would also understand it.",
    "Next, try **make the tests pass**.",
  ];
  return parts.join("\n\n");
}

function firstParagraph(readme: string): string {
  const paragraphs = readme.split(/\n{2,}/);
  return paragraphs.find((paragraph) => /^\w/.test(paragraph)) ?? "It has no README that says more.";
}

function fileTable(sources: readonly AnsweredCall[]): string {
  const rows = sources.map((call) => {
    const text = withoutLineNumbers(call.result);
    const purpose = /^\/\/ (.+)$/m.exec(text)?.[1] ?? "";
    return `| \`${call.arguments.path}\` | ${lineCount(text)} | ${purpose.replaceAll("|", "\\|")} |`;
  });
  return ["| file | lines | what it is for |", "| --- | ---: | --- |", ...rows].join("\n");
}

/** The longest exported function: the heart of the project, more often than not. */
function excerpt(sources: readonly AnsweredCall[]): string[] {
  const functions = sources.flatMap((call) => {
    const found =
      withoutLineNumbers(call.result).match(/^(?:\/\*\* .+ \*\/\n)?export function [\s\S]+?^\}$/gm) ?? [];
    return found.map((code) => ({ code, path: String(call.arguments.path) }));
  });
  const longest = functions.sort((a, b) => lineCount(b.code) - lineCount(a.code))[0];
  if (!longest) return [];
  return ["### The heart of it", `From \`${longest.path}\`:`, `\`\`\`js\n${longest.code}\n\`\`\``];
}

function lineCount(text: string): number {
  return text.split("\n").length;
}
