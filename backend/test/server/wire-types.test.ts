/** The page's generated types and the protocol's own say the same: `npm run typecheck` fails when they drift apart. */
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import type { components } from "../../../frontend/src/api.d.ts";
import type { ModelListing, Project } from "../../src/protocol/catalogue.ts";
import type { TurnChanges } from "../../src/protocol/changes.ts";
import type { Device, ThisDevice } from "../../src/protocol/device.ts";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import type { SessionSummary } from "../../src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import type { ToolOutput } from "../../src/protocol/tool-call.ts";
import { exportOpenApi } from "../../src/server/openapi.ts";

type Page = components["schemas"];

/** In JSON what is undefined is absent: Zod's `?: X | undefined` and the generated `?: X` are one and the same. */
type Wire<Value> = unknown extends Value
  ? unknown
  : Value extends readonly (infer Item)[]
    ? Wire<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Wire<Exclude<Value[Key], undefined>> }
      : Value;

const Document = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });
const named: (keyof Page)[] = [
  "SessionEvent",
  "SessionUpdate",
  "SessionSummary",
  "PermissionRequest",
  "ToolOutput",
  "TurnChanges",
  "ModelListing",
  "Project",
  "Device",
  "ThisDevice",
];

test("the page's types are the protocol's", async () => {
  expectTypeOf<Wire<Page["SessionEvent"]>>().toEqualTypeOf<Wire<SessionEvent>>();
  expectTypeOf<Wire<Page["SessionUpdate"]>>().toEqualTypeOf<Wire<SessionUpdate>>();
  expectTypeOf<Wire<Page["SessionSummary"]>>().toEqualTypeOf<Wire<SessionSummary>>();
  expectTypeOf<Wire<Page["PermissionRequest"]>>().toEqualTypeOf<Wire<PermissionRequest>>();
  expectTypeOf<Wire<Page["ToolOutput"]>>().toEqualTypeOf<Wire<ToolOutput>>();
  expectTypeOf<Wire<Page["TurnChanges"]>>().toEqualTypeOf<Wire<TurnChanges>>();
  expectTypeOf<Wire<Page["ModelListing"]>>().toEqualTypeOf<Wire<ModelListing>>();
  expectTypeOf<Wire<Page["Project"]>>().toEqualTypeOf<Wire<Project>>();
  expectTypeOf<Wire<Page["Device"]>>().toEqualTypeOf<Wire<Device>>();
  expectTypeOf<Wire<Page["ThisDevice"]>>().toEqualTypeOf<Wire<ThisDevice>>();
  const { components } = Document.parse(await exportOpenApi());
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(named));
});
