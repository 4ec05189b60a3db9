/** Where a request carries its device token: the `Authorization` header of a script, or the cookie of a browser. */

/** `voxpilot_device`, and another name for the demo: cookies are shared between the ports of a host. */
export type DeviceCookieName = "voxpilot_device" | "voxpilot_device_demo";

const tokenShape = /^[A-Za-z0-9_-]{20,128}$/;
/** As long as browsers keep a cookie. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer ([^\s]+)$/i.exec(header ?? "");
  return match?.[1] !== undefined && tokenShape.test(match[1]) ? match[1] : null;
}

/** The token in a `Cookie` header, or null. A name that stands there twice is nobody's. */
export function readDeviceCookie(header: string | undefined, name: DeviceCookieName): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && tokenShape.test(value) ? value : null;
}

/** The `Set-Cookie` value that keeps a browser paired. */
export function deviceCookie(name: DeviceCookieName, token: string): string {
  return `${name}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax`;
}
