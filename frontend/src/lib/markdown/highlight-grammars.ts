/** highlight.js with the languages that are met most, and an emitter of our own: runs instead of its HTML string. */
import type { Emitter } from "highlight.js";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { SyntaxRole, SyntaxRun } from "./syntax.ts";

const highlighter = hljs.newInstance();
const languages = {
  bash,
  cpp,
  css,
  diff,
  go,
  ini,
  java,
  javascript,
  json,
  markdown,
  python,
  ruby,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, definition] of Object.entries(languages)) highlighter.registerLanguage(name, definition);

/** The first part of a scope decides, unless the whole is listed: `title.class` is a type, other titles are functions. */
const roleOfScope: Readonly<Record<string, SyntaxRole>> = {
  keyword: "keyword",
  literal: "keyword",
  "variable.language": "keyword",
  operator: "keyword",
  meta: "keyword",
  string: "string",
  regexp: "string",
  char: "string",
  link: "string",
  code: "string",
  addition: "string",
  number: "number",
  symbol: "number",
  bullet: "number",
  "variable.constant": "number",
  title: "function",
  section: "function",
  built_in: "function",
  "title.class": "type",
  type: "type",
  class: "type",
  tag: "tag",
  name: "tag",
  "selector-tag": "tag",
  deletion: "tag",
  attr: "attribute",
  attribute: "attribute",
  property: "attribute",
  "selector-class": "attribute",
  "selector-id": "attribute",
  "template-variable": "attribute",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
};

/** Collects runs in order. A sublanguage's runs are taken over as they are. */
class RunEmitter implements Emitter {
  readonly runs: SyntaxRun[] = [];
  readonly #roles: (SyntaxRole | null)[] = [];

  startScope(name: string): void {
    this.#roles.push(roleOf(name, this.#roles.at(-1) ?? null));
  }

  endScope(): void {
    this.#roles.pop();
  }

  openNode(name: string): void {
    this.startScope(name);
  }

  closeNode(): void {
    this.endScope();
  }

  addText(text: string): void {
    if (text !== "") this.#add({ text, role: this.#roles.at(-1) ?? null });
  }

  __addSublanguage(emitter: Emitter, _name: string): void {
    if (emitter instanceof RunEmitter) for (const run of emitter.runs) this.#add(run);
  }

  finalize(): void {
    this.#roles.length = 0;
  }

  /** Never markup: the runs are read instead. */
  toHTML(): string {
    return "";
  }

  #add(run: SyntaxRun): void {
    const last = this.runs.at(-1);
    if (last?.role === run.role)
      this.runs[this.runs.length - 1] = { text: last.text + run.text, role: run.role };
    else this.runs.push(run);
  }
}

highlighter.configure({ __emitter: RunEmitter });

/** The runs of `code`, or null when the language is not among those here. */
export function runsOf(code: string, language: string): readonly SyntaxRun[] | null {
  const name = language.toLowerCase();
  if (highlighter.getLanguage(name) === undefined) return null;
  const emitter = highlighter.highlight(code, { language: name, ignoreIllegals: true })._emitter;
  return emitter instanceof RunEmitter ? emitter.runs : null;
}

function roleOf(scope: string, outer: SyntaxRole | null): SyntaxRole | null {
  if (scope === "subst") return null;
  const whole = roleOfScope[scope] ?? roleOfScope[scope.split(".").slice(0, 2).join(".")];
  return whole ?? roleOfScope[scope.split(".")[0] ?? ""] ?? outer;
}
