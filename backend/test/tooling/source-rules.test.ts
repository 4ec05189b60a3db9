/** Each rule on the sources, proven by a sample that breaks it and one that keeps it. */
import { expect, test } from "vitest";
import { violationsIn } from "../../../scripts/source-rules.ts";

function messages(text: string, file = "backend/src/tools/sample.ts"): readonly string[] {
  return violationsIn(file, text).map(({ message }) => message);
}

const forbidden = {
  "element.innerHTML = text;": "innerHTML takes markup: build nodes instead",
  'element["innerHTML"] += text;': "innerHTML takes markup: build nodes instead",
  "element.outerHTML = text;": "outerHTML takes markup: build nodes instead",
  "frame.srcdoc = text;": "srcdoc takes markup: build nodes instead",
  'element.insertAdjacentHTML("beforeend", text);': "insertAdjacentHTML takes markup: build nodes instead",
  "element.setHTMLUnsafe(text);": "setHTMLUnsafe takes markup: build nodes instead",
  'new DOMParser().parseFromString(text, "text/html");': "parseFromString takes markup: build nodes instead",
  "document.write(text);": "document.write takes markup: build nodes instead",
  "window.document.writeln(text);": "document.writeln takes markup: build nodes instead",
  "eval(text);": "eval runs text as code",
  "globalThis.eval(text);": "eval runs text as code",
  "new Function(text);": "Function runs text as code",
  "Function(text);": "Function runs text as code",
  'setTimeout("go()", 5);': "setTimeout runs text as code",
  'import { runInNewContext } from "node:vm";': "node:vm can run text as code",
  'import matter from "gray-matter";': "gray-matter can run text as code",
  'import { exec } from "node:child_process";': "exec goes through a shell: use spawn",
  'import { execSync as run } from "child_process";': "execSync goes through a shell: use spawn",
  'import * as processes from "node:child_process";': "import the functions of child_process by name",
  'import processes from "node:child_process";': "import the functions of child_process by name",
  "child_process.exec(text);": "exec goes through a shell: use spawn",
  "spawn(command, [], { shell: true });":
    "the shell option parses text as a command: pass arguments as a list",
  'spawn(command, [], { shell: "/bin/bash" });':
    "the shell option parses text as a command: pass arguments as a list",
  "execFile(command, [], { shell });": "the shell option parses text as a command: pass arguments as a list",
  "const options = { shell: true };": "the shell option parses text as a command: pass arguments as a list",
  "text.replace(/[.,]+$/, '');": "write (?<!X)X+$, so that a run of X is looked at once",
  "text.replace(/^a|\\s*$/g, '');": "write (?<!X)X+$, so that a run of X is looked at once",
  'switch (update.sessionUpdate) { case "plan": return 1; default: return 0; }':
    "name every kind of update, so that a new one is not passed over",
  "const value = JSON.parse(text);": "give what JSON.parse returns to a schema, or name it unknown",
  "const value = JSON.parse(text).name;": "give what JSON.parse returns to a schema, or name it unknown",
  "const value: Shape = JSON.parse(text);": "give what JSON.parse returns to a schema, or name it unknown",
};

test.each(Object.entries(forbidden))("refuses %s", (sample, message) => {
  expect(messages(sample)).toEqual([message]);
});

const allowed = [
  'switch (update.sessionUpdate) { case "plan": return 1; }',
  "switch (part.type) { default: return 0; }",
  "element.textContent = text;",
  "stream.write(text);",
  "pattern.exec(text);",
  "text.replace(/(?<![.,])[.,]+$/, '');",
  "/^\\d+$/.test(text);",
  "setTimeout(() => go(), 5);",
  'import { spawn } from "node:child_process";',
  'spawn("bash", ["-c", text], { shell: false });',
  "const tools = { shell: shellTool };",
  "const value: unknown = JSON.parse(text);",
  "const value = Shape.parse(JSON.parse(text));",
  "function read(text: string): unknown { return JSON.parse(text); }",
];

test.each(allowed)("lets pass %s", (sample) => {
  expect(messages(sample)).toEqual([]);
});

test("lets a test read markup, but not write it", () => {
  const file = "frontend/test/lib/dom.test.ts";
  expect(messages('expect(node.innerHTML).toBe("<b>");', file)).toEqual([]);
  expect(messages("node.innerHTML = text;", file)).toEqual(["innerHTML takes markup: build nodes instead"]);
});

test("lets one file run the program that was built", () => {
  const sample = 'import { Script } from "node:vm";';
  expect(messages(sample, "backend/src/built-program.ts")).toEqual([]);
  expect(messages(sample, "backend/src/main.ts")).toEqual(["node:vm can run text as code"]);
});

test("keeps code of other folders out of transcript/, types aside", () => {
  const file = "transcript/fold.ts";
  const path = "../backend/src/protocol/session.ts";
  expect(messages(`import type { SessionMode } from "${path}";`, file)).toEqual([]);
  expect(messages(`import { SessionMode } from "${path}";`, file)).toEqual([
    "transcript/ takes only types from elsewhere",
  ]);
});

test("has no index file but the list of tools", () => {
  expect(messages("", "frontend/src/lib/index.ts")).toEqual(["import the files of a folder one by one"]);
  expect(messages("", "backend/src/tools/index.ts")).toEqual([]);
});

test("names the file and the line", () => {
  expect(violationsIn("frontend/src/lib/dom.ts", "const a = 1;\neval(a);")).toEqual([
    { file: "frontend/src/lib/dom.ts", line: 2, message: "eval runs text as code" },
  ]);
});
