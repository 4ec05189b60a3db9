/** Cookies, and where a request carries its device token: the `Authorization` header of a script, or the cookie of a browser. */

/** `voxpilot_device`, and another name for the demo: cookies are shared between the ports of a host. */
export type DeviceCookieName = "voxpilot_device" | "voxpilot_device_demo";

/** Where a request came to; a URL fits. */
export interface CookiePlace {
  /** `https:` or `http:`. */
  readonly protocol: string;
}

export interface CookieContent {
  readonly value: string;
  readonly maxAgeSeconds: number;
}

/** As long as browsers keep a cookie, and as long as a device may stay paired. */
export const deviceCookieSeconds = 400 * 24 * 60 * 60;

const tokenShape = /^[A-Za-z0-9_-]{20,128}$/;
/** RFC 6265's cookie-octet. */
const valueShape = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}$/;

/** On https the name starts with `__Host-`: then no other host, and nothing on plain http, can have set the cookie. */
export function cookieName(base: string, place: CookiePlace): string {
  return isEncrypted(place) ? `__Host-${base}` : base;
}

/** The `Set-Cookie` value that gives a browser a cookie, under the name that fits the place. */
export function setCookie(base: string, place: CookiePlace, content: CookieContent): string {
  const secure = isEncrypted(place) ? "; Secure" : "";
  const { value, maxAgeSeconds } = content;
  return `${cookieName(base, place)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** The `Set-Cookie` value that takes it away. */
export function clearCookie(base: string, place: CookiePlace): string {
  return setCookie(base, place, { value: "", maxAgeSeconds: 0 });
}

/** The value of a cookie of exactly this name, or null. A name that stands there twice is nobody's. */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && valueShape.test(value) ? value : null;
}

/** The `Set-Cookie` value that keeps a browser paired. */
export function setDeviceCookie(base: DeviceCookieName, place: CookiePlace, token: string): string {
  return setCookie(base, place, { value: token, maxAgeSeconds: deviceCookieSeconds });
}

/** The device token in a `Cookie` header, or null. */
export function deviceToken(header: string | undefined, name: string): string | null {
  const value = readCookie(header, name);
  return value !== null && tokenShape.test(value) ? value : null;
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer ([^\s]+)$/i.exec(header ?? "");
  return match?.[1] !== undefined && tokenShape.test(match[1]) ? match[1] : null;
}

function isEncrypted(place: CookiePlace): boolean {
  return place.protocol === "https:";
}
