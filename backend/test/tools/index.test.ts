import { expect, test } from "vitest";
import * as z from "zod";
import { createBuiltInTools } from "../../src/tools/index.ts";

const { tools } = createBuiltInTools({ userSkills: () => null });

test.each(tools.map((tool) => ({ name: tool.name, tool })))(
  "$name is described briefly, takes a flat object, and its synonyms are free",
  ({ tool }) => {
    expect(tool.description.length).toBeLessThan(400);
    expect(tool.brief?.length ?? 0).toBeGreaterThan(0);
    expect(tool.brief?.length ?? 0).toBeLessThan(120);
    const schema = z.toJSONSchema(tool.input, { io: "input" });
    expect(schema.type).toBe("object");
    const names = Object.keys(schema.properties ?? {});
    expect(Object.keys(tool.synonyms).filter((synonym) => names.includes(synonym))).toEqual([]);
    expect(Object.values(tool.synonyms).filter((name) => !names.includes(name))).toEqual([]);
  },
);

test("the tools are sorted by name", () => {
  expect(tools.map((tool) => tool.name)).toEqual([
    "apply_patch",
    "ask",
    "edit",
    "exit_plan",
    "glob",
    "grep",
    "job",
    "list",
    "read",
    "recall",
    "shell",
    "skill",
    "task",
    "todo",
    "web_fetch",
    "write",
  ]);
});
