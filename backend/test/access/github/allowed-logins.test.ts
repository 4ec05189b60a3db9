/** Who is let in by GitHub login. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AllowedLogins } from "../../../src/access/github/allowed-logins.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function newPlace() {
  return { directory: await temporaryFolder(), files: durableFiles, url: "https://github.com" };
}

test("NET-04: nobody is let in but those on the list, whatever their letters' case", async () => {
  const place = await newPlace();
  const allowed = await AllowedLogins.open({ ...place, logins: ["OctoCat"] });
  expect(await allowed.admits({ id: 2, login: "mallory" })).toBe(false);
  expect(await allowed.admits({ id: 1, login: "octocat" })).toBe(true);
  expect(await allowed.admits({ id: 1, login: "OCTOCAT" })).toBe(true);
  const empty = await AllowedLogins.open({ ...place, logins: [] });
  expect(await empty.admits({ id: 1, login: "octocat" })).toBe(false);
});

test("NET-04: a login is pinned to its id: another account of that name is refused, also after a restart", async () => {
  const place = await newPlace();
  const options = { ...place, logins: ["octocat"] };
  const allowed = await AllowedLogins.open(options);
  expect(await allowed.admits({ id: 1, login: "octocat" })).toBe(true);
  expect(await allowed.admits({ id: 9, login: "octocat" })).toBe(false);
  const again = await AllowedLogins.open(options);
  expect(await again.admits({ id: 9, login: "OctoCat" })).toBe(false);
  expect(await again.admits({ id: 1, login: "octocat" })).toBe(true);
  expect(JSON.parse(await readFile(join(place.directory, "github-owners.json"), "utf8"))).toEqual({
    version: 1,
    owners: [{ login: "octocat", id: 1, at: "https://github.com" }],
  });
});

test("a renamed account is let in while its old login stands on the list", async () => {
  const place = await newPlace();
  const allowed = await AllowedLogins.open({ ...place, logins: ["octocat", "hubot"] });
  await allowed.admits({ id: 1, login: "octocat" });
  expect(await allowed.admits({ id: 1, login: "renamed" })).toBe(true);
  const without = await AllowedLogins.open({ ...place, logins: ["hubot"] });
  expect(await without.admits({ id: 1, login: "renamed" })).toBe(false);
  expect(await without.admits({ id: 1, login: "octocat" })).toBe(false);
});

test("NET-04: another GitHub's numbers are other people's", async () => {
  const place = await newPlace();
  await (await AllowedLogins.open({ ...place, logins: ["octocat"] })).admits({ id: 1, login: "octocat" });
  const elsewhere = { ...place, url: "https://github.example", logins: ["octocat"] };
  const enterprise = await AllowedLogins.open(elsewhere);
  expect(await enterprise.admits({ id: 1, login: "stranger" })).toBe(false);
  expect(await enterprise.admits({ id: 7, login: "octocat" })).toBe(true);
});

test("NET-04: of two accounts that come at once under one name only the first is let in", async () => {
  const place = await newPlace();
  const allowed = await AllowedLogins.open({ ...place, logins: ["octocat"] });
  const answers = [1, 2, 3].map((id) => allowed.admits({ id, login: "octocat" }));
  expect(await Promise.all(answers)).toEqual([true, false, false]);
});

test("M1: a name that an owner took and gave up lets nobody else in", async () => {
  const place = await newPlace();
  await (await AllowedLogins.open({ ...place, logins: ["alice"] })).admits({ id: 10, login: "alice" });
  const allowed = await AllowedLogins.open({ ...place, logins: ["alice", "bob"] });
  expect(await allowed.admits({ id: 10, login: "Bob" })).toBe(true);
  expect(await allowed.admits({ id: 10, login: "carol" })).toBe(true);
  const again = await AllowedLogins.open({ ...place, logins: ["alice", "bob"] });
  expect(await again.admits({ id: 66, login: "bob" })).toBe(false);
  expect(await again.admits({ id: 10, login: "carol" })).toBe(true);
});
