/** Arguments as models write them. */
import { expect, test } from "vitest";
import * as z from "zod";
import { parseArguments, readInput } from "../../../src/agent/calls/tool-arguments.ts";
import type { Tool } from "../../../src/agent/tool.ts";
import { createToolBook } from "../../../src/agent/tool-book.ts";

const object = (value: Record<string, unknown>) => ({ type: "object", value });
const invalid = (message: string) => ({ type: "invalid", message });

test.each([
  ["", object({})],
  [" \n", object({})],
  ['{"a":1}', object({ a: 1 })],
  ['{"a":"line\nbreak\tand\u0001"}', object({ a: "line\nbreak\tand\u0001" })],
  ['{"a":"C:\\dir \\d+"}', object({ a: "C:\\dir \\d+" })],
  ['{"a":1} and so on', object({ a: 1 })],
  ['{"a":1}{"b":2}', invalid("The arguments are not valid JSON")],
  ['{"a":"rm -rf', invalid("The arguments are not valid JSON")],
  ['{"a":1', invalid("The arguments are not valid JSON")],
  ['"text"', invalid("The arguments are not a JSON object")],
  ["[1]", invalid("The arguments are not a JSON object")],
  ["null", invalid("The arguments are not a JSON object")],
])("reads %j", (text, expected) => {
  expect(parseArguments(text)).toEqual(expected);
});

test("no beginning of an object is ever read as an object", () => {
  const whole = '{"command":"rm -rf build","nested":{"a":["}"]}}';
  const read = Array.from({ length: whole.length - 1 }, (_, length) =>
    parseArguments(whole.slice(0, length + 1)),
  );
  expect(read.every((result) => result.type === "invalid")).toBe(true);
});

const input = z.object({
  path: z.string(),
  limit: z.int().optional(),
  all: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
});
const read: Tool<z.infer<typeof input>> = {
  name: "read",
  kind: "read",
  description: "Reads.",
  input,
  synonyms: { file_path: "path", max: "limit" },
  readOnly: true,
  title: ({ path }) => path,
  plan: () => Promise.reject(new Error("not planned here")),
};
const book = createToolBook([read as Tool]);
const inputOf = (value: Record<string, unknown>) => {
  const booked = book.find("read");
  return booked === undefined ? null : readInput(booked, value);
};

test.each([
  [{ path: "a" }, { type: "input", input: { path: "a" } }],
  [
    { file_path: "a", max: "20", all: "True", extra: {} },
    { type: "input", input: { path: "a", limit: 20, all: true } },
  ],
  [
    { file_path: "other", path: "a" },
    { type: "input", input: { path: "a" } },
  ],
  [
    { constructor: "a", __proto__: { path: "b" } },
    invalid("Wrong arguments: missing `path`; unexpected `constructor`"),
  ],
  [
    { path: 1, limit: "many" },
    invalid(
      "Wrong arguments: `path`: Invalid input: expected string, received number; `limit`: Invalid input: expected number, received string",
    ),
  ],
])("takes or refuses %j", (value, expected) => {
  expect(inputOf(value)).toEqual(expected);
});

test("a key named __proto__ changes nothing", () => {
  const parsed = parseArguments('{"path":"a","__proto__":{"limit":7}}');
  expect(parsed.type === "object" ? inputOf(parsed.value) : parsed).toEqual({
    type: "input",
    input: { path: "a" },
  });
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("limit");
});

test("tools are offered sorted by name, as plain JSON Schema", () => {
  expect(book.offered).toEqual([
    {
      name: "read",
      description: "Reads.",
      parameters: {
        type: "object",
        properties: {
          path: { type: "string" },
          limit: { type: "integer" },
          all: { type: "boolean" },
          tags: { type: "array", items: { type: "string" } },
        },
        required: ["path"],
      },
    },
  ]);
  expect(book.find("Read")?.signature).toBe(
    "read(path: string, limit?: integer, all?: boolean, tags?: array)",
  );
});
