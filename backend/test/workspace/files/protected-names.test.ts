import { expect, test } from "vitest";
import {
  isProtectedPath,
  isSecretPath,
  mayNameProtected,
  mayNameSecret,
} from "../../../src/workspace/files/protected-names.ts";

test.each([
  ".git",
  ".git/config",
  ".git/hooks/pre-commit",
  "packages/a/.git/HEAD",
  ".GIT/config",
  ".gi\u200dt/config",
  "．git/config",
  ".git./config",
  ".git /config",
  "git~1/config",
  ".github/workflows/ci.yml",
  ".GitHub/Workflows/ci.yml",
  ".github/copilot-instructions.md",
  ".vscode/settings.json",
  ".vſcode/settings.json",
  ".idea/x",
  ".claude/settings.json",
  ".cUrSoR/mcp.json",
  ".gemini/x",
  ".codex/x",
  ".husky/pre-commit",
  "hooks/pre-commit",
  "AGENTS.md",
  "docs/agents.md",
  "CLAUDE.md",
  ".mcp.json",
  ".envrc",
  ".bashrc",
  ".npmrc",
  ".devcontainer.json",
  "app.code-workspace",
  ".cargo/config.toml",
  "CLAUDE.local.md",
  "AGENTS.override.md",
  "opencode.json",
  "mise.toml",
  ".pnpmfile.cjs",
  "lefthook.yaml",
])("FS-05: protects %j", (path) => {
  expect(isProtectedPath(path)).toBe(true);
});

test.each([
  "src/hooks/use-a.ts",
  "hooks/README.md",
  ".gitignore",
  "github/workflows/x",
  ".github/ISSUE_TEMPLATE.md",
  "src/agents.ts",
  "README.md",
  ".",
  "a.git/x",
])("does not protect %j", (path) => {
  expect(isProtectedPath(path)).toBe(false);
});

test.each([
  ".env",
  ".ENV",
  ".env.local",
  "config/.env.production",
  "prod.env",
  ".envrc",
  "server.pem",
  "keys/private.KEY",
  "id_rsa",
  "id_ed25519",
  ".npmrc",
  ".netrc",
  ".git/config",
  ".ssh/known_hosts",
  ".aws/credentials",
  "credentials",
  "secrets.yaml",
  "terraform.tfstate",
])("FS-13: calls %j secret", (path) => {
  expect(isSecretPath(path)).toBe(true);
});

test.each([
  ".env.example",
  "id_rsa.pub",
  "src/environment.ts",
  "keys.ts",
  "id_card.tsx",
  "monkey",
  "README.md",
])("does not call %j secret", (path) => {
  expect(isSecretPath(path)).toBe(false);
});

test("tells whether a pattern could name one", () => {
  expect([
    mayNameSecret("", ".json"),
    mayNameSecret("", ".pem"),
    mayNameSecret(".e", "nv"),
    mayNameSecret("", ".ts"),
  ]).toEqual([true, true, true, false]);
  expect([
    mayNameProtected("", ".md"),
    mayNameProtected("README", ".md"),
    mayNameProtected("", ".ts"),
  ]).toEqual([true, false, false]);
});
