/** What can be typed after `voxpilot`. */
import { expect, test } from "vitest";
import { parseCommand, UsageError } from "../../src/command-line/arguments.ts";

test("without a command it serves the folders, and settings keep the name that was typed", () => {
  expect(parseCommand(["a", "/b", "--port", "8123", "--no-open"])).toEqual({
    type: "serve",
    folders: ["a", "/b"],
    settings: { port: { typed: "--port", value: "8123" } },
    opensBrowser: false,
  });
  expect(parseCommand([])).toEqual({ type: "serve", folders: [], settings: {}, opensBrowser: null });
});

test.each([
  [["pair"], { type: "pair", rights: "full" }],
  [["pair", "--rights", "read"], { type: "pair", rights: "read" }],
  [["devices"], { type: "devices_list" }],
  [["devices", "list"], { type: "devices_list" }],
  [
    ["devices", "add", "--name", "ci", "--json"],
    { type: "devices_add", name: "ci", rights: "full", isJson: true },
  ],
  [
    ["devices", "add", "--name", "ci", "--rights", "approve"],
    { type: "devices_add", name: "ci", rights: "approve", isJson: false },
  ],
  [["devices", "limit", "x1", "read"], { type: "devices_limit", id: "x1", rights: "read" }],
  [["devices", "revoke", "x1"], { type: "devices_revoke", id: "x1" }],
  [["devices", "revoke", "-b3_dE-gHijk"], { type: "devices_revoke", id: "-b3_dE-gHijk" }],
  [["devices", "revoke", "--3_dE-gHijk"], { type: "devices_revoke", id: "--3_dE-gHijk" }],
  [["devices", "revoke", "--", "-b3_dE-gHijk"], { type: "devices_revoke", id: "-b3_dE-gHijk" }],
  [
    ["devices", "limit", "-b3_dE-gHijk", "read"],
    { type: "devices_limit", id: "-b3_dE-gHijk", rights: "read" },
  ],
  [["devices", "revoke", "--all"], { type: "devices_revoke_all" }],
  [["demo", "--open"], { type: "demo", folders: [], settings: {}, opensBrowser: true }],
  [
    ["--lan", "--https"],
    {
      type: "serve",
      folders: [],
      settings: { lan: { typed: "--lan", value: true }, https: { typed: "--https", value: true } },
      opensBrowser: null,
    },
  ],
  [["--help"], { type: "help" }],
  [["-v"], { type: "version" }],
])("%j is understood", (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

test.each([
  [["--prot", "1"], /--prot/],
  [["pair", "now"], /“now” was not expected/],
  [["devices", "add"], /--name laptop/],
  [["devices", "add", "--name", "lap\u202etop"], /cannot be seen/],
  [["pair", "--rights", "root"], /“root” are no rights/],
  [["devices", "limit", "x1"], /devices limit ID read/],
  [["devices", "limit", "x1", "all"], /“all” are no rights/],
  [["devices", "revoke"], /devices revoke ID/],
  [["devices", "revoke", "x1", "--all"], /“x1” was not expected/],
  [["devices", "drop"], /“devices drop” is unknown/],
  [["demo", "folder"], /“folder” was not expected/],
  [["--lan", "--host", "192.0.2.1"], /--lan or --host, not both/],
])("%j is refused with the fix", (args, message) => {
  expect(() => parseCommand(args)).toThrow(UsageError);
  expect(() => parseCommand(args)).toThrow(message);
});
