/** Where a device token travels. */
import { expect, test } from "vitest";
import { bearerToken, deviceCookie, readDeviceCookie } from "../../src/access/device-cookie.ts";
import { createToken } from "../../src/access/secret.ts";

const token = createToken();

test("NET-08: the cookie is HttpOnly, SameSite, for the whole path, without a domain, and long-lived", () => {
  expect(deviceCookie("voxpilot_device", token)).toBe(
    `voxpilot_device=${token}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax`,
  );
});

test("a cookie is read by its exact name, among others", () => {
  const header = `theme=dark; voxpilot_device_demo=${"d".repeat(43)}; voxpilot_device=${token}`;
  expect(readDeviceCookie(header, "voxpilot_device")).toBe(token);
  expect(readDeviceCookie(header, "voxpilot_device_demo")).toBe("d".repeat(43));
});

test("NET-06: a name that a neighbour has set a second time counts for nobody", () => {
  expect(
    readDeviceCookie(`voxpilot_device=${token}; voxpilot_device=${token}`, "voxpilot_device"),
  ).toBeNull();
});

test("what is no token is not looked up", () => {
  expect(readDeviceCookie("voxpilot_device=", "voxpilot_device")).toBeNull();
  expect(readDeviceCookie(`voxpilot_device=${"x".repeat(1_000_000)}`, "voxpilot_device")).toBeNull();
  expect(readDeviceCookie(undefined, "voxpilot_device")).toBeNull();
});

test("a script sends its token as a bearer", () => {
  expect(bearerToken(`Bearer ${token}`)).toBe(token);
  expect(bearerToken(`bearer ${token}`)).toBe(token);
  expect(bearerToken(`Basic ${token}`)).toBeNull();
  expect(bearerToken("Bearer a b")).toBeNull();
  expect(bearerToken(undefined)).toBeNull();
});
