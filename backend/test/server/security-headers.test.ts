/** What every answer says to the browser. */
import { expect, test } from "vitest";
import { origin, runningApp } from "../support/running-app.ts";

const calls = [
  "GET /",
  "GET /trust",
  "GET /nothing",
  "GET /api/health",
  "GET /api/device",
  "GET /api/unknown",
  "POST /api/pair",
  "DELETE /api/health",
  "GET /trust/ca.crt",
];

test("WEB-01: the policy allows nothing but our own origin, no inline script, no frame, trusted types alone", async () => {
  const app = await runningApp();
  for (const call of calls) {
    const header = (await app.request(call, { token: null })).headers.get("content-security-policy") ?? "";
    const policy = Object.fromEntries(
      header.split(";").map((directive) => {
        const [name = "", ...values] = directive.trim().split(" ");
        return [name, values.join(" ")];
      }),
    );
    expect([call, policy]).toEqual([
      call,
      {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob: data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "form-action": "'self'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "voxpilot-worker",
      },
    ]);
  }
});

test("WEB-06: nosniff, no referrer, isolation, few permissions; the API is not stored; refusals too", async () => {
  const app = await runningApp();
  const foreign = { host: "evil.example" };
  const responses = [
    ...(await Promise.all(calls.map((call) => app.request(call, { token: null })))),
    await app.request("GET /", { headers: foreign }),
    await app.request("POST /api/pair", { headers: { origin: "https://evil" }, body: {} }),
    await app.request("POST /api/pair", { headers: { origin }, body: "{" }),
  ];
  for (const { headers } of responses) {
    expect({
      nosniff: headers.get("x-content-type-options"),
      referrer: headers.get("referrer-policy"),
      opener: headers.get("cross-origin-opener-policy"),
      resource: headers.get("cross-origin-resource-policy"),
      permissions: headers.get("permissions-policy"),
      transport: headers.get("strict-transport-security"),
      powered: headers.get("x-powered-by") ?? headers.get("server"),
    }).toEqual({
      nosniff: "nosniff",
      referrer: "no-referrer",
      opener: "same-origin",
      resource: "same-origin",
      permissions: "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
      // It would shut the page on plain http where devices learn to trust the certificate.
      transport: null,
      powered: null,
    });
  }
  for (const call of calls.filter((call) => call.includes("/api/")))
    expect((await app.request(call, { token: null })).headers.get("cache-control")).toBe("no-store");
});
