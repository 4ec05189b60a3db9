/** Each border and each rule of the linter's configuration, proven by planted files in a temporary copy. */
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../scripts/paths.mjs";

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "voxpilot-lint-"));
  const configuration = ["biome.json", ".gitignore", "package.json", "tsconfig.json", "tsconfig.base.json"];
  await Promise.all(configuration.map((name) => copyFile(`${packageRoot}${name}`, join(copy, name))));
  await symlink(`${packageRoot}node_modules`, join(copy, "node_modules"));
});

afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
});

async function plant(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), content);
  }
}

/** `file: rule` of everything that biome finds in the given folders of the copy, sorted. */
async function findings(folders: readonly string[]): Promise<readonly string[]> {
  const biome = `${packageRoot}node_modules/@biomejs/biome/bin/biome`;
  const options = ["lint", "--reporter=json", "--max-diagnostics=none", ...folders];
  const child = spawn(process.execPath, [biome, ...options], {
    cwd: copy,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(await text(child.stdout));
  return diagnostics
    .map(({ category, location }) => `${location.path}: ${category.split("/").at(-1)}`)
    .sort();
}

/** For each folder, what it may import and what it may not, as written in a file of that folder. */
const borders: Record<string, { readonly may: readonly string[]; readonly mayNot: readonly string[] }> = {
  "backend/src/protocol": { may: ["zod", "./other.ts"], mayNot: ["../agent/tool.ts", "../config.ts"] },
  transcript: {
    may: ["./other.ts", "../backend/src/protocol/session.ts"],
    mayNot: ["../backend/src/agent/tool.ts", "../frontend/src/lib/dom.ts"],
  },
  "backend/src/agent": {
    may: ["../protocol/session.ts", "../../../transcript/history.ts"],
    mayNot: ["../workspace/search.ts", "../models/catalogue.ts", "../tools/read.ts", "../config.ts"],
  },
  "backend/src/workspace": {
    may: ["../protocol/session.ts"],
    mayNot: ["../agent/tool.ts", "../sessions/session.ts"],
  },
  "backend/src/models": {
    may: ["../agent/model.ts", "../protocol/session.ts"],
    mayNot: ["../agent/turn.ts", "../workspace/search.ts", "../sessions/session.ts"],
  },
  "backend/src/permissions": {
    may: [
      "../agent/permission.ts",
      "../agent/tool.ts",
      "../workspace/safe-path.ts",
      "../protocol/session.ts",
    ],
    mayNot: ["../agent/turn.ts", "../sessions/session.ts"],
  },
  "backend/src/tools": {
    may: ["../agent/tool.ts", "../workspace/safe-path.ts", "../protocol/session.ts"],
    mayNot: ["../agent/turn.ts", "../permissions/policy.ts", "../server/app.ts"],
  },
  "backend/src/engines": {
    may: [
      "../agent/turn.ts",
      "../tools/index.ts",
      "../workspace/search.ts",
      "../../../transcript/history.ts",
    ],
    mayNot: ["../models/chat-client.ts", "../permissions/policy.ts", "../sessions/session.ts"],
  },
  "backend/src/sessions": {
    may: [
      "../engines/engine.ts",
      "../permissions/grants.ts",
      "../workspace/checkpoints.ts",
      "../../../transcript/fold.ts",
    ],
    mayNot: ["../engines/built-in.ts", "../agent/turn.ts", "../models/catalogue.ts", "../server/app.ts"],
  },
  "backend/src/access": {
    may: ["../protocol/session.ts", "../workspace/durable-files.ts"],
    mayNot: ["../sessions/session.ts", "../server/app.ts", "../config.ts"],
  },
  "backend/src/demo": {
    may: ["../protocol/session.ts"],
    mayNot: ["../agent/turn.ts", "../sessions/session.ts"],
  },
  "backend/src/demo/scripted-model": {
    may: ["../script.ts", "../../protocol/session.ts"],
    mayNot: ["../../agent/turn.ts", "../../../../transcript/fold.ts"],
  },
  "backend/src/server": {
    may: [
      "../models/catalogue.ts",
      "../models/completions.ts",
      "../sessions/session.ts",
      "../access/devices.ts",
    ],
    mayNot: [
      "../agent/turn.ts",
      "../tools/index.ts",
      "../demo/story.ts",
      "../models/chat-client.ts",
      "../config.ts",
    ],
  },
  "backend/src/server/routes": {
    may: ["../errors.ts", "../../models/catalogue.ts", "../../protocol/session.ts"],
    mayNot: ["../../agent/turn.ts", "../../tools/index.ts", "../../demo/story.ts", "../../config.ts"],
  },
  "backend/src/a-new-folder": { may: ["zod"], mayNot: ["../protocol/session.ts"] },
  "frontend/src/lib": {
    may: ["./other.ts"],
    mayNot: ["../state/navigation.ts", "../text/en.ts", "../api.d.ts"],
  },
  "frontend/src/api": { may: ["../api.d.ts"], mayNot: ["../state/navigation.ts", "../lib/dom.ts"] },
  "frontend/src/state": {
    may: ["../lib/signal.ts", "../api/client.ts", "../../../transcript/fold.ts"],
    mayNot: ["../views/shell.ts", "../../src/protocol/session.ts"],
  },
  "frontend/src/views": {
    may: ["../state/navigation.ts", "../lib/dom.ts", "../text/en.ts", "../api/types.ts"],
    mayNot: ["../api/client.ts", "../main.ts", "../../../transcript/fold.ts"],
  },
  "frontend/src/views/entries": {
    may: ["../row.ts", "../../state/navigation.ts", "../../lib/dom.ts", "../../text/en.ts"],
    mayNot: ["../../api/client.ts", "../../main.ts", "../../../../backend/src/protocol/session.ts"],
  },
};

test("keeps every folder inside its border", async () => {
  const sample = (path: string): string => `import { thing } from "${path}";\n\nthing();\n`;
  const samples = Object.entries(borders).flatMap(([folder, { may, mayNot }]) => [
    ...may.map((path, index) => [`${folder}/may-${index}.ts`, sample(path)] as const),
    ...mayNot.map((path, index) => [`${folder}/may-not-${index}.ts`, sample(path)] as const),
  ]);
  await plant(Object.fromEntries(samples));
  const expected = samples.map(([path]) => path).filter((path) => path.includes("/may-not-"));
  expect(await findings(["backend", "frontend", "transcript"])).toEqual(
    expected.map((path) => `${path}: noRestrictedImports`).sort(),
  );
});

test("keeps out what the rules of the code forbid", async () => {
  await plant({
    "scripts/any.ts": "export const value: any = 1;\n",
    "scripts/assertion.ts": "export const first = (list: string[]): string => list[0]!;\n",
    "scripts/default-export.ts": "export default function start(): void {\n  console.log(1);\n}\n",
    "scripts/named.config.ts": "export default { a: 1 };\n",
    "scripts/empty-catch.ts": "try {\n  console.log(1);\n} catch {}\n",
    "scripts/camelCase.ts": "export const value = 1;\n",
    "scripts/cycle-a.ts": 'import { b } from "./cycle-b.ts";\n\nexport const a = (): number => b();\n',
    "scripts/cycle-b.ts": 'import { a } from "./cycle-a.ts";\n\nexport const b = (): number => a();\n',
    "scripts/floating.ts": "async function later(): Promise<void> {\n  await null;\n}\n\nlater();\n",
    "scripts/long.ts": `export function long(): void {\n${"  console.log(1);\n".repeat(61)}}\n`,
    "scripts/parameters.ts":
      "export const sum = (a: number, b: number, c: number, d: number) => a + b + c + d;\n",
    "scripts/barrel.ts": 'export * from "./long.ts";\n',
    "scripts/only.test.ts": 'import { test } from "vitest";\n\ntest.only("a", () => {});\n',
  });
  expect(await findings(["scripts"])).toEqual([
    "scripts/any.ts: noExplicitAny",
    "scripts/assertion.ts: noNonNullAssertion",
    "scripts/barrel.ts: noReExportAll",
    "scripts/camelCase.ts: useFilenamingConvention",
    "scripts/cycle-a.ts: noImportCycles",
    "scripts/cycle-b.ts: noImportCycles",
    "scripts/default-export.ts: noDefaultExport",
    "scripts/empty-catch.ts: noEmptyBlockStatements",
    "scripts/floating.ts: noFloatingPromises",
    "scripts/long.ts: noExcessiveLinesPerFunction",
    "scripts/only.test.ts: noEmptyBlockStatements",
    "scripts/only.test.ts: noFocusedTests",
    "scripts/parameters.ts: useMaxParams",
  ]);
});
