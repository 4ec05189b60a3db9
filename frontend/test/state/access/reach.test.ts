/** What a browser is missing at an address. */
import { expect, test } from "vitest";
import { type BrowserFacts, lacks } from "../../../src/state/access/reach.ts";

const chrome: BrowserFacts = {
  isSecure: true,
  isStandalone: false,
  isIos: false,
  canInstall: true,
  notifications: "open",
  hasMicrophone: true,
};

test("a browser over https misses nothing but the tap that installs", () => {
  expect(lacks(chrome)).toEqual({ install: "install_menu", notifications: "ready", microphone: "ready" });
  expect(lacks({ ...chrome, isStandalone: true }).install).toBe("installed");
});

test("over plain http the one next step is https", () => {
  expect(lacks({ ...chrome, isSecure: false })).toEqual({
    install: "needs_https",
    notifications: "needs_https",
    microphone: "needs_https",
  });
});

test("on iOS notifications come after the Home Screen, which itself needs no https", () => {
  const iphone = { ...chrome, isIos: true, notifications: "absent" } as const;
  expect(lacks(iphone)).toEqual({
    install: "install_ios",
    notifications: "notify_ios",
    microphone: "ready",
  });
  expect(lacks({ ...iphone, isSecure: false }).install).toBe("install_ios");
});

test("what a browser cannot do or refuses is said", () => {
  const never = { ...chrome, canInstall: false, notifications: "absent", hasMicrophone: false } as const;
  expect(lacks(never)).toEqual({
    install: "install_never",
    notifications: "notify_never",
    microphone: "microphone_never",
  });
  expect(lacks({ ...chrome, notifications: "denied" }).notifications).toBe("notify_denied");
});
