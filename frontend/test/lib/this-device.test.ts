/** What a browser is called and what kind of device it runs on. */
import { expect, test } from "vitest";
import { deviceKind, nameFromAgent } from "../../src/lib/browser/this-device.ts";

const agents = {
  iphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
  ipad: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
  pixel: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
  reduced: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
  tablet: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
};

test("names are what the owner would call it", () => {
  expect(Object.values(agents).map((agent) => nameFromAgent(agent, agent === agents.ipad))).toEqual([
    "iPhone",
    "iPad",
    "Pixel 9",
    "Android phone",
    "Android tablet",
    "Firefox on Linux",
  ]);
});

test("an iPad that calls itself a Mac is a tablet, a Mac is a computer", () => {
  expect(Object.values(agents).map((agent) => deviceKind(agent, agent === agents.ipad))).toEqual([
    "phone",
    "tablet",
    "phone",
    "phone",
    "tablet",
    "computer",
  ]);
  expect(deviceKind(agents.ipad, false)).toBe("computer");
});
