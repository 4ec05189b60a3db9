import { expect, test } from "vitest";
import * as z from "zod";
import { builtInTools } from "../../src/tools/index.ts";

test.each(builtInTools.map((tool) => ({ name: tool.name, tool })))(
  "$name is described briefly, takes a flat object, and its synonyms are free",
  ({ tool }) => {
    expect(tool.description.length).toBeLessThan(400);
    const schema = z.toJSONSchema(tool.input, { io: "input" });
    expect(schema.type).toBe("object");
    const names = Object.keys(schema.properties ?? {});
    expect(Object.keys(tool.synonyms).filter((synonym) => names.includes(synonym))).toEqual([]);
    expect(Object.values(tool.synonyms).filter((name) => !names.includes(name))).toEqual([]);
  },
);

test("the tools are sorted by name", () => {
  expect(builtInTools.map((tool) => tool.name)).toEqual(["edit", "glob", "grep", "read", "shell", "write"]);
});
