/** The headers that every response carries, refusals and static files too. */
import type { MiddlewareHandler } from "hono";

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  // The one policy of the page: it makes the address of its service worker, and nothing else.
  "trusted-types voxpilot-worker",
].join("; ");

const everywhere: readonly (readonly [string, string])[] = [
  ["content-security-policy", contentSecurityPolicy],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"],
];

/** Sets them after whatever answered; what the API says is never stored. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of everywhere) headers.set(name, value);
  if (context.req.path.startsWith("/api/")) headers.set("cache-control", "no-store");
};
