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
  [["pair"], { type: "pair" }],
  [["devices"], { type: "devices_list" }],
  [["devices", "list"], { type: "devices_list" }],
  [["devices", "add", "--name", "ci", "--json"], { type: "devices_add", name: "ci", isJson: true }],
  [["devices", "revoke", "x1"], { type: "devices_revoke", id: "x1" }],
  [["demo", "--open"], { type: "demo", folders: [], settings: {}, opensBrowser: true }],
  [["--help"], { type: "help" }],
  [["-v"], { type: "version" }],
])("%j is understood", (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

test.each([
  [["--prot", "1"], /--prot/],
  [["pair", "now"], /“now” was not expected/],
  [["devices", "add"], /--name laptop/],
  [["devices", "revoke"], /devices revoke ID/],
  [["devices", "drop"], /“devices drop” is unknown/],
  [["demo", "folder"], /“folder” was not expected/],
])("%j is refused with the fix", (args, message) => {
  expect(() => parseCommand(args)).toThrow(UsageError);
  expect(() => parseCommand(args)).toThrow(message);
});
