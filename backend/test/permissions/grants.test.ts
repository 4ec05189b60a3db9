import * as fc from "fast-check";
import { expect, test } from "vitest";
import { permissionDigest } from "../../src/permissions/digest.ts";
import { grantCovers } from "../../src/permissions/grants.ts";
import type { PermissionRequest, PermissionSubject } from "../../src/protocol/permission.ts";

function request(subject: PermissionSubject, rest: Partial<PermissionRequest> = {}): PermissionRequest {
  return {
    requestId: "r",
    toolCallId: "t",
    subject,
    content: [],
    reach: ["writes_files"],
    dangerous: false,
    options: [],
    digest: "d",
    ...rest,
  };
}

const command = (text: string, cwd = ".") => ({ type: "command" as const, command: text, cwd });
const edit = (path: string): Extract<PermissionSubject, { type: "edit" }> => ({
  type: "edit",
  path,
  added: 1,
  removed: 0,
  created: false,
});

test("covers the same command in the same folder", () => {
  expect(grantCovers(request(command("npm test")), request(command("npm test")))).toBe(true);
});

test.each([
  ["a longer command", command("git log"), command("git log --output=x")],
  ["another folder", command("ls"), command("ls", "src")],
  ["another file", edit("a.ts"), edit("b.ts")],
  ["another kind", command("a.ts"), edit("a.ts")],
  ["what takes the same file away", edit("a.ts"), { ...edit("a.ts"), deleted: true }],
  ["what moves the same file", edit("a.ts"), { ...edit("a.ts"), moved: true }],
  ["taking the file away once more", { ...edit("a.ts"), deleted: true }, { ...edit("a.ts"), deleted: true }],
  ["the same command, going on in the background", command("x"), { ...command("x"), background: true }],
  ["a command in the foreground", { ...command("x"), background: true }, command("x")],
  ["another engine's words", { type: "other", title: "x" }, { type: "other", title: "x" }],
] satisfies [string, PermissionSubject, PermissionSubject][])(
  "APR-13: does not cover %s",
  (_what, granted, asked) => {
    expect(grantCovers(request(granted), request(asked))).toBe(false);
  },
);

test("APR-13: covers the same command in the background again", () => {
  const subject = { ...command("npm run dev"), background: true };
  expect(grantCovers(request(subject), request(subject))).toBe(true);
});

test("covers another edit of the same file", () => {
  expect(
    grantCovers(
      request(edit("a.ts")),
      request({ type: "edit", path: "a.ts", added: 7, removed: 2, created: false }),
    ),
  ).toBe(true);
});

test("never covers what is dangerous, nor what reaches further", () => {
  const same = command("rm -rf src");
  expect(grantCovers(request(same, { dangerous: true }), request(same))).toBe(false);
  expect(grantCovers(request(same), request(same, { dangerous: true }))).toBe(false);
  expect(grantCovers(request(same), request(same, { reach: ["leaves_project"] }))).toBe(false);
});

test("gives two lists of parts the same digest only when they are the same", async () => {
  const property = fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
    const isSame = JSON.stringify(one) === JSON.stringify(other);
    expect(permissionDigest(one) === permissionDigest(other)).toBe(isSame);
  });
  await fc.assert(property);
  expect(permissionDigest(["ab", "c"])).not.toBe(permissionDigest(["a", "bc"]));
});
