/** Paths as people write them. */
import { expect, test } from "vitest";
import { fromHome } from "../../src/views/permission/from-home.ts";

test.each([
  ["/home/a/shop", "/home/a", "~/shop"],
  ["/home/a", "/home/a", "~"],
  ["/home/a/", "/home/a/", "~/"],
  ["/home/ab/shop", "/home/a", "/home/ab/shop"],
  ["/srv/shop", "/home/a", "/srv/shop"],
  ["/srv/shop", "/", "/srv/shop"],
  ["/srv/shop", "", "/srv/shop"],
])("%s in %s is shown as %s", (path, home, shown) => {
  expect(fromHome(path, home)).toBe(shown);
});
