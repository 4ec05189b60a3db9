/** Addresses and what lies beneath them. */
import { expect, test } from "vitest";
import { parentAddress, parseAddress } from "../../src/state/navigation.ts";

test("every place has an address", () => {
  expect(parseAddress("/")).toEqual({ screen: "sessions" });
  expect(parseAddress("/new")).toEqual({ screen: "new" });
  expect(parseAddress("/s/abc")).toEqual({ screen: "session", sessionId: "abc", at: null });
  expect(parseAddress("/s/abc?at=41")).toEqual({ screen: "session", sessionId: "abc", at: 41 });
  expect(parseAddress("/s/abc/review?turn=t1&file=src%2Fa.ts")).toEqual({
    screen: "review",
    sessionId: "abc",
    turnId: "t1",
    file: "src/a.ts",
  });
  expect(parseAddress("/settings/devices")).toEqual({ screen: "settings", section: "devices" });
  expect(parseAddress("/pair#K7QM-3XTP")).toEqual({ screen: "pair", code: "K7QM-3XTP" });
});

test("what is unknown or broken is Sessions or a place without its part", () => {
  expect(parseAddress("/nowhere/at/all")).toEqual({ screen: "sessions" });
  expect(parseAddress("/s")).toEqual({ screen: "sessions" });
  expect(parseAddress("/s/abc?at=-3")).toEqual({ screen: "session", sessionId: "abc", at: null });
  expect(parseAddress("/s/%E0%A4%A")).toEqual({ screen: "session", sessionId: "%E0%A4%A", at: null });
});

test("a link opened cold has its parents beneath it", () => {
  const beneath = (address: string) => parentAddress(parseAddress(address));
  expect(
    ["/", "/pair#X", "/new", "/settings", "/settings/about", "/s/abc", "/s/abc/review?turn=t"].map(beneath),
  ).toEqual([null, null, "/", "/", "/settings", "/", "/s/abc"]);
});
