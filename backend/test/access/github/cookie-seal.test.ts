/** What browsers keep sealed for us. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { CookieSeal } from "../../../src/access/github/cookie-seal.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function place() {
  return { directory: await temporaryFolder(), files: durableFiles };
}

test("what was sealed opens again, also after a restart, and looks different each time", async () => {
  const here = await place();
  const seal = await CookieSeal.open(here);
  const [one, other] = [seal.seal("gh_token", "gho_canary"), seal.seal("gh_token", "gho_canary")];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
  expect(Buffer.from(one.slice(3), "base64url").includes("canary")).toBe(false);
  const again = await CookieSeal.open(here);
  expect([again.unseal("gh_token", one), again.unseal("gh_token", other)]).toEqual([
    "gho_canary",
    "gho_canary",
  ]);
});

test("SEC-04: the key is made once, for this user alone", async () => {
  const here = await place();
  await CookieSeal.open(here);
  const path = join(here.directory, "cookie.key");
  const first = await readFile(path, "utf8");
  await CookieSeal.open(here);
  expect(await readFile(path, "utf8")).toBe(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("what was changed, cut, sealed elsewhere or for another purpose does not open", async () => {
  const seal = await CookieSeal.open(await place());
  const foreign = await CookieSeal.open(await place());
  const sealed = seal.seal("gh_token", "gho_canary");
  const spoiled = Array.from({ length: sealed.length }, (_, index) => {
    const letter = sealed[index] === "A" ? "B" : "A";
    return `${sealed.slice(0, index)}${letter}${sealed.slice(index + 1)}`;
  });
  // The last letter holds two bits that mean nothing.
  for (const text of spoiled.slice(0, -1)) expect(seal.unseal("gh_token", text)).toBeNull();
  for (let end = 0; end < sealed.length; end++)
    expect(seal.unseal("gh_token", sealed.slice(0, end))).toBeNull();
  expect(seal.unseal("github_state", sealed)).toBeNull();
  expect(foreign.unseal("gh_token", sealed)).toBeNull();
  for (const text of ["", "v1.", "gho_canary", "v2.AAAA", `v1.${"A".repeat(1_000_000)}`, `${sealed}=`]) {
    expect(seal.unseal("gh_token", text)).toBeNull();
  }
});

test("a damaged key is set aside for a new one: what was sealed before opens no more", async () => {
  const here = await place();
  const sealed = (await CookieSeal.open(here)).seal("gh_token", "gho_canary");
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  await writeFile(join(here.directory, "cookie.key"), "{}");
  const seal = await CookieSeal.open(here);
  warn.mockRestore();
  expect(seal.unseal("gh_token", sealed)).toBeNull();
  expect((await CookieSeal.open(here)).unseal("gh_token", seal.seal("gh_token", "x"))).toBe("x");
});
