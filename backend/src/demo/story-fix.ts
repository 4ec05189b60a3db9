/**
 * The demo's main story: look, plan, run the tests, fix what fails, run them again. It keeps no state: what to do next
 * follows from the calls since the prompt and what really came of them.
 */
import type { AnsweredCall, Conversation } from "./scripted-model/conversation.ts";
import type { ScriptedCall, ScriptedReply } from "./scripted-model/script.ts";
import { isEdited, isRefused, knownText, lastCall, readTestRun, type TestRun } from "./story-facts.ts";

interface Fix {
  readonly path: string;
  readonly old: string;
  readonly new: string;
  /** Names of the tests that show this fault. */
  readonly shownBy: RegExp;
  readonly result: string;
  /** What it says before the edit. */
  readonly words: (run: { readonly total: number; readonly failed: readonly string[] }) => string;
}

const loginFix: Fix = {
  path: "src/auth.js",
  old: "export const maxAge = 30 * 60;",
  new: "export const maxAge = 30 * 60 * 1000; // milliseconds, like Date.now()",
  shownBy: /still good after ten minutes|visit renews the login/,
  result: "`maxAge` is in milliseconds, like `Date.now()`.",
  words: ({ total, failed }) =>
    `${failed.length} of ${total} tests fail: the login ends too early. \`maxAge\` is ` +
    "`30 * 60`, so it counts seconds, but `Date.now()` counts milliseconds. A login lasts 1.8 seconds. " +
    "I will give `maxAge` in milliseconds.",
};

const cookieFix: Fix = {
  path: "src/cookie.js",
  old: `export function sessionCookie(session) {
  return \`session=\${session.id}; Max-Age=\${maxAge}; Path=/; HttpOnly; SameSite=Lax\`;`,
  new: `export function sessionCookie(session) {
  const seconds = Math.round(maxAge / 1000); // browsers count in seconds
  return \`session=\${session.id}; Max-Age=\${seconds}; Path=/; HttpOnly; SameSite=Lax\`;`,
  shownBy: /cookie ends when the login does/,
  result: "the cookie turns it into seconds, as browsers expect.",
  words: ({ failed }) =>
    `The login lasts now, but ${failed.length === 1 ? "one test" : `${failed.length} tests`} caught what I missed: ` +
    "the cookie uses the same number, and browsers count `Max-Age` in **seconds**. It would stay for 20 days. " +
    "The cookie has to convert.",
};

const fixes: readonly Fix[] = [loginFix, cookieFix];
const mostCalls = 40;

/** The next reply, from the calls made for this prompt so far. */
export function fixTests({ calls, lastResults, reminders, work }: Conversation): ScriptedReply {
  const seen = work.flatMap((prompted) => prompted.calls);
  const last = calls.at(-1);
  if (lastResults.some(isRefused)) return refused(lastResults.filter(isRefused));
  if (!last) return firstLook();
  if (calls.length > mostCalls)
    return { text: "This takes more steps than the script knows, so I stop here." };
  if (!calls.some((call) => call.arguments.path === loginFix.path)) return closerLook(seen);
  if (!knownText(seen, loginFix.path)?.includes("maxAge")) return otherProject();
  if (/plan mode/i.test(reminders)) return planOnly();
  if (!lastCall(calls, "shell")) return planAndTest();
  switch (last.tool) {
    case "shell":
      return afterTests(calls, last);
    case "edit":
      return isEdited(last) ? test(testAgainWords(calls)) : readAgain(String(last.arguments.path));
    default:
      return afterReading(calls, { seen, path: String(last.arguments.path) });
  }
}

function firstLook(): ScriptedReply {
  return {
    text:
      "I will look at the project first, then run its tests and fix what fails.\n\n" +
      "*This is the demo: a script stands in for the model. The files, the commands and your decisions are real.*",
    calls: [read("package.json"), read("README.md"), { tool: "glob", arguments: { pattern: "**/*.js" } }],
  };
}

function closerLook(calls: readonly AnsweredCall[]): ScriptedReply {
  if (!/"shop"/.test(knownText(calls, "package.json") ?? "")) return otherProject();
  return {
    text: "The README says that people have to log in again after a moment. That points at the sessions.",
    calls: [
      read(loginFix.path),
      read(cookieFix.path),
      read("test/auth.test.js"),
      { tool: "grep", arguments: { pattern: "maxAge", path: "src" } },
    ],
  };
}

function planAndTest(): ScriptedReply {
  return test(
    "**Plan**\n\n1. Run the tests to see what fails.\n2. Fix the cause in `src/`, not the tests.\n" +
      "3. Run them again until all pass.",
  );
}

function testAgainWords(calls: readonly AnsweredCall[]): string {
  return calls.filter(isMadeEdit).length > 1 ? "Once more." : "Now the same tests again.";
}

function planOnly(): ScriptedReply {
  return {
    text:
      "**Plan**\n\n1. Run `npm test` to see what fails.\n2. `maxAge` in `src/auth.js` counts seconds where the code needs " +
      "milliseconds: correct it there.\n3. Check `src/cookie.js`, which uses the same number.\n4. Run the tests again.\n\n" +
      "Plan mode only reads. Switch to **Ask** and write `go on`, and I will do it.",
  };
}

function afterTests(calls: readonly AnsweredCall[], shell: AnsweredCall): ScriptedReply {
  const run = readTestRun(shell.result);
  switch (run.type) {
    case "not_run":
      return notRun(calls);
    case "passed":
      return calls.some(isMadeEdit) ? summary(calls, run.total) : alreadyPassing(run);
    case "failed":
      return nextFix(calls, run);
  }
}

function nextFix(calls: readonly AnsweredCall[], run: Extract<TestRun, { type: "failed" }>): ScriptedReply {
  const fix = fixes.find(({ shownBy }) => run.failed.some((name) => shownBy.test(name)));
  if (!fix) return unknownFailure(run.failed);
  // Made, and the same test still fails: only the file itself can say why.
  if (attempts(calls, fix) > 0) return readAgain(fix.path);
  return edit(fix, fix.words(run));
}

function afterReading(
  calls: readonly AnsweredCall[],
  { seen, path }: { seen: readonly AnsweredCall[]; path: string },
): ScriptedReply {
  const fix = fixes.find((candidate) => candidate.path === path);
  const text = knownText(seen, path);
  if (!fix || text === null || attempts(calls, fix) > 2) return changedMeanwhile(path);
  if (text.includes(fix.old))
    return edit(fix, "The old lines are still there. I will make the change once more.");
  const sinceEdit = calls.slice(calls.findLastIndex((call) => call.tool === "edit"));
  const isUntested = !lastCall(sinceEdit, "shell");
  if (text.includes(fix.new) && isUntested) return test("The change is in the file already. Now the tests.");
  return changedMeanwhile(path);
}

function summary(calls: readonly AnsweredCall[], total: number): ScriptedReply {
  const made = fixes.filter(({ path }) =>
    calls.some((call) => isMadeEdit(call) && call.arguments.path === path),
  );
  const lines = made.map(({ path, result }) => `- \`${path}\`: ${result}`);
  const code = made.flatMap((fix) => fix.new.split("\n").filter((line) => line.includes("//")));
  const paragraphs = [
    `All ${total} tests pass. A login lasts half an hour, as the README promises.`,
    lines.join("\n"),
    `\`\`\`js\n${code.map((line) => line.trim()).join("\n")}\n\`\`\``,
  ];
  if (made.length > 1) {
    paragraphs.push(
      "The first change alone would have made a cookie that stays for 20 days. A test caught that.",
    );
  }
  return { text: paragraphs.join("\n\n") };
}

function alreadyPassing({ total }: { readonly total: number }): ScriptedReply {
  return {
    text:
      `All ${total} tests pass already, so there is nothing to fix and I changed nothing.\n\n` +
      "Ask me to `tell me about the project`, or start the demo again for a fresh copy.",
  };
}

function refused(calls: readonly AnsweredCall[]): ScriptedReply {
  const names = calls
    .map((call) => `\`${call.arguments.command ?? call.arguments.path ?? call.tool}\``)
    .join(", ");
  return {
    text:
      `Understood: ${names} stays undone, and I will not try it another way.\n\n` +
      "Write `go on` when I may ask for it again, or say what you want instead.",
  };
}

function notRun(calls: readonly AnsweredCall[]): ScriptedReply {
  const commands = calls.filter((call) => call.tool === "shell").map((call) => call.arguments.command);
  if (!commands.includes("node --test")) {
    return {
      text: "`npm test` did not get as far as the tests. Node can run them by itself.",
      calls: [shell("node --test")],
    };
  }
  return {
    text: "The tests do not run on this machine: the output above says why. I changed nothing further.",
  };
}

function unknownFailure(failed: readonly string[]): ScriptedReply {
  const list = failed.map((name) => `- ${name}`).join("\n");
  return {
    text: `Other tests fail than the ones this script knows:\n\n${list}\n\nA real model would look into them. Start the demo again for a fresh copy.`,
  };
}

function changedMeanwhile(path: string): ScriptedReply {
  return {
    text: `\`${path}\` is not as this script knows it, so I leave it alone. Start the demo again for a fresh copy.`,
  };
}

function otherProject(): ScriptedReply {
  return {
    text:
      "This is not the demo's sample project, and the script knows no other. Start a session in **shop**, " +
      "or connect a real model for this one.",
  };
}

function readAgain(path: string): ScriptedReply {
  return { text: "That did not work out. I will look at the file again.", calls: [read(path)] };
}

function edit(fix: Fix, text: string): ScriptedReply {
  return { text, calls: [{ tool: "edit", arguments: { path: fix.path, old: fix.old, new: fix.new } }] };
}

function test(text: string): ScriptedReply {
  return { text, calls: [shell("npm test")] };
}

function read(path: string): ScriptedCall {
  return { tool: "read", arguments: { path } };
}

function shell(command: string): ScriptedCall {
  return { tool: "shell", arguments: { command } };
}

function attempts(calls: readonly AnsweredCall[], fix: Fix): number {
  return calls.filter((call) => call.tool === "edit" && call.arguments.path === fix.path).length;
}

function isMadeEdit(call: AnsweredCall): boolean {
  return call.tool === "edit" && isEdited(call);
}
