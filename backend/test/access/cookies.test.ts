/** Where a device token travels, and what the cookies are called. */
import { expect, test } from "vitest";
import {
  bearerToken,
  clearCookie,
  cookieName,
  deviceToken,
  readCookie,
  setCookie,
  setDeviceCookie,
} from "../../src/access/cookies.ts";
import { createToken } from "../../src/access/secret.ts";

const token = createToken();
const plain = new URL("http://127.0.0.1:8000");
const encrypted = new URL("https://voxpilot.example.org");

test("NET-08: on http the cookie is HttpOnly, SameSite, for the whole path, without a domain, and long-lived", () => {
  expect(setDeviceCookie("voxpilot_device", plain, token)).toBe(
    `voxpilot_device=${token}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax`,
  );
});

test("NET-08: on https it is Secure as well, and its name starts with __Host-", () => {
  expect(setDeviceCookie("voxpilot_device", encrypted, token)).toBe(
    `__Host-voxpilot_device=${token}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure`,
  );
  expect(setCookie("gh_token", encrypted, { value: "v", maxAgeSeconds: 60 })).toBe(
    "__Host-gh_token=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
  );
});

test("a cookie is taken away under the same name and with the same marks, or the browser would keep it", () => {
  expect(clearCookie("gh_token", encrypted)).toBe(
    "__Host-gh_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
  );
  expect(clearCookie("voxpilot_device_demo", plain)).toBe(
    "voxpilot_device_demo=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
  );
});

test("a cookie is read by its exact name, among others", () => {
  const header = `theme=dark; voxpilot_device_demo=${"d".repeat(43)}; voxpilot_device=${token}`;
  expect(deviceToken(header, cookieName("voxpilot_device", plain))).toBe(token);
  expect(deviceToken(header, cookieName("voxpilot_device_demo", plain))).toBe("d".repeat(43));
  expect(deviceToken(header, cookieName("voxpilot_device", encrypted))).toBeNull();
});

test("NET-06: a name that a neighbour has set a second time counts for nobody", () => {
  expect(deviceToken(`voxpilot_device=${token}; voxpilot_device=${token}`, "voxpilot_device")).toBeNull();
});

test("what is no token is not looked up", () => {
  expect(deviceToken("voxpilot_device=", "voxpilot_device")).toBeNull();
  expect(deviceToken(`voxpilot_device=${"x".repeat(1_000_000)}`, "voxpilot_device")).toBeNull();
  expect(deviceToken(undefined, "voxpilot_device")).toBeNull();
});

test("a value is what a cookie may hold, and no longer than a browser keeps", () => {
  expect(readCookie("gh_token=v1.aB-_~/+=", "gh_token")).toBe("v1.aB-_~/+=");
  for (const value of ["", "a b", 'a"b', "a,b", "a\\b", "ä", "a\u0000b", "x".repeat(4097)])
    expect(readCookie(`gh_token=${value}`, "gh_token")).toBeNull();
});

test("a script sends its token as a bearer", () => {
  expect(bearerToken(`Bearer ${token}`)).toBe(token);
  expect(bearerToken(`bearer ${token}`)).toBe(token);
  expect(bearerToken(`Basic ${token}`)).toBeNull();
  expect(bearerToken("Bearer a b")).toBeNull();
  expect(bearerToken(undefined)).toBeNull();
});
