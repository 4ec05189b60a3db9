/** The words that every request begins with. */
import { expect, test } from "vitest";
import { promptWords, systemPrompt } from "../../src/agent/system-prompt.ts";

const environment = {
  root: "/home/me/shop",
  branch: "main",
  platform: "linux",
  date: "2026-01-02",
  instructions: [],
};

test("is under a thousand tokens and ends with the environment", () => {
  const prompt = promptWords(systemPrompt(environment, "standard"));
  expect(prompt.length / 3).toBeLessThan(1_000);
  expect(prompt.split("\n\n").at(-1)).toBe(
    "# Environment\nProject: /home/me/shop\nGit branch: main\nSystem: Linux\nDate: 2026-01-02",
  );
});

test("puts the project's instructions last, each under its path", () => {
  const instructions = [{ path: "AGENTS.md", text: "Use tabs.\n" }];
  const prompt = promptWords(systemPrompt({ ...environment, branch: null, instructions }, "standard"));
  expect(prompt).toContain("No git branch");
  expect(prompt.endsWith("# Instructions of the project (AGENTS.md)\nUse tabs.")).toBe(true);
});
