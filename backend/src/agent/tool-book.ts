/** The tools of a turn, looked up by name, with all that is derived from their schemas made once. */
import * as z from "zod";
import type { ModelTool } from "./model.ts";
import type { Tool } from "./tool.ts";
import { isOffered, type OfferStage } from "./tool-offer.ts";

/** A JSON type name per argument; null where the schema allows more than one. */
export interface ArgumentShape {
  readonly type: string | null;
  readonly required: boolean;
}

/** A tool with what its schema says, worked out once. */
export interface BookedTool {
  readonly tool: Tool;
  readonly shapes: ReadonlyMap<string, ArgumentShape>;
  /** `edit(path: string, old: string, new: string, all?: boolean)`. */
  readonly signature: string;
}

/** The tools of a turn. */
export interface ToolBook {
  /** All of them, sorted by name, the same objects every time. */
  readonly offered: readonly ModelTool[];
  /** Those that the model is offered at a stage, in short words where it has little room: the same list for the same tools. */
  offer(stage: OfferStage): readonly ModelTool[];
  /** Sorted by name. */
  readonly tools: readonly Tool[];
  /** Forgives another case in the name. */
  find(name: string): BookedTool | undefined;
}

/** Makes the book; throws when a tool's input is not an object schema. */
export function createToolBook(tools: readonly Tool[]): ToolBook {
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const schemas = sorted.map((tool) => inputSchema(tool));
  const booked = new Map(
    sorted.map((tool, index) => [tool.name.toLowerCase(), bookTool(tool, schemas[index])]),
  );
  const offered = sorted.map((tool, index) => ({
    name: tool.name,
    description: tool.description,
    parameters: { ...schemas[index] },
  }));
  const short = sorted.map((tool, index) => shortTool(tool, schemas[index]));
  const lists = new Map<string, readonly ModelTool[]>();
  return {
    offered,
    tools: sorted,
    offer(stage) {
      const kept = sorted.map((tool) => isOffered(tool, stage));
      const from = stage.profile === "small" ? short : offered;
      const key = `${stage.profile === "small"} ${kept.join(" ")}`;
      const list = lists.get(key) ?? from.filter((_tool, index) => kept[index] === true);
      lists.set(key, list);
      return list;
    },
    find: (name) => booked.get(name.toLowerCase()),
  };
}

const longestHint = 40;
/** What a schema says beyond names and types is checked here anyway. */
const bounds = new Set([
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "minItems",
  "maxItems",
]);

function shortTool(tool: Tool, schema: ObjectSchema | undefined): ModelTool {
  return {
    name: tool.name,
    description: tool.brief ?? tool.description,
    parameters: shortSchema({ ...schema }),
  };
}

function shortSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([key, value]) => {
    if (key === "description") return typeof value === "string" && value.length <= longestHint;
    return !bounds.has(key) && key !== "additionalProperties";
  });
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? eachValue(value) : shortPart(value)]),
  );
}

function eachValue(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortPart(part)]));
}

function shortPart(value: unknown): unknown {
  return isRecord(value) ? shortSchema(value) : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The part of a JSON Schema that a flat object of arguments has. */
const ObjectSchema = z.looseObject({
  type: z.literal("object"),
  properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })).default({}),
  required: z.array(z.string()).default([]),
});
type ObjectSchema = z.infer<typeof ObjectSchema>;

function inputSchema(tool: Tool): ObjectSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(tool.input, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => dropIntegerBounds(jsonSchema),
  });
  return ObjectSchema.parse(schema);
}

/** The bounds of what a number can hold say nothing to a model. */
function dropIntegerBounds(schema: { minimum?: number | undefined; maximum?: number | undefined }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function bookTool(tool: Tool, schema: ObjectSchema | undefined): BookedTool {
  const shapes = new Map(
    Object.entries(schema?.properties ?? {}).map(([name, property]) => [
      name,
      { type: property.type ?? null, required: schema?.required.includes(name) ?? false },
    ]),
  );
  return { tool, shapes, signature: `${tool.name}(${[...shapes].map(parameterText).join(", ")})` };
}

function parameterText([name, shape]: [string, ArgumentShape]): string {
  return `${name}${shape.required ? "" : "?"}: ${shape.type ?? "any"}`;
}
