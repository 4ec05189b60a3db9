/** The rules on Host, Origin and fetch metadata, one by one. */
import { describe, expect, test } from "vitest";
import { allowedFor, judgeRequest, type RequestFacts } from "../../src/access/request-guard.ts";

const allowed = allowedFor({
  host: "127.0.0.1",
  port: 8000,
  addresses: [],
  publicUrl: new URL("https://studio.example.org"),
});

function facts(changes: Partial<RequestFacts>): RequestFacts {
  return {
    method: "GET",
    path: "/api/sessions",
    hosts: ["127.0.0.1:8000"],
    target: undefined,
    origin: undefined,
    fetchSite: undefined,
    fetchMode: undefined,
    accept: undefined,
    upgrade: undefined,
    ...changes,
  };
}

const judge = (changes: Partial<RequestFacts>) => judgeRequest(facts(changes), allowed);

describe("NET-09: Host", () => {
  test.each(["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "studio.example.org"])(
    "%s is ours",
    (host) => {
      expect(judge({ hosts: [host] })).toBeNull();
    },
  );

  test.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.evil.example:8000",
    "localhost.evil",
    "127.0.0.1:1",
    "127.0.0.1",
    "LOCALHOST:8000",
    "",
    "studio.example.org:8000",
    "0.0.0.0:8000",
  ])("%j is foreign", (host) => {
    expect(judge({ hosts: [host] })).toBe("foreign_host");
  });

  test("none, two, and two equal ones are foreign", () => {
    expect(judge({ hosts: [] })).toBe("foreign_host");
    expect(judge({ hosts: ["127.0.0.1:8000", "evil.example"] })).toBe("foreign_host");
    expect(judge({ hosts: ["127.0.0.1:8000", "127.0.0.1:8000"] })).toBe("foreign_host");
  });

  test("an absolute request target must name the same host", () => {
    expect(judge({ target: "evil.example" })).toBe("foreign_host");
    expect(judge({ target: "127.0.0.1:8000" })).toBeNull();
  });
});

const foreignOrigins = [
  "https://evil",
  "null",
  "http://127.0.0.1:8000.evil",
  "http://127.0.0.1:1",
  "http://127.0.0.1:8000/path",
  "http://127.0.0.1:8000%0a",
  "HTTP://127.0.0.1:8000",
  "https://127.0.0.1:8000",
  "http://127.0.0.1:3000",
  "http://localhost:8000",
  "",
];

describe("NET-10, NET-11: Origin", () => {
  test.each(foreignOrigins)("%j may not change anything", (origin) => {
    expect(judge({ method: "POST", origin })).toBe("foreign_origin");
  });

  test.each(foreignOrigins)("%j may not read or stream", (origin) => {
    expect(judge({ origin })).toBe("foreign_origin");
    expect(judge({ origin, accept: "text/event-stream" })).toBe("foreign_origin");
  });

  test.each(["POST", "PUT", "PATCH", "DELETE"])("%s passes with exactly our origin", (method) => {
    const ours = { method, origin: "http://127.0.0.1:8000" };
    expect(judge(ours)).toBeNull();
    expect(judge({ ...ours, fetchSite: "same-origin", fetchMode: "cors" })).toBeNull();
    expect(judge({ ...ours, fetchSite: "cross-site" })).toBe("foreign_origin");
    expect(judge({ ...ours, fetchSite: "same-site" })).toBe("foreign_origin");
  });

  test("the origin must be that of the very host", () => {
    const hosts = ["studio.example.org"];
    expect(judge({ method: "POST", hosts, origin: "https://studio.example.org" })).toBeNull();
    expect(judge({ method: "POST", hosts, origin: "http://studio.example.org" })).toBe("foreign_origin");
    expect(judge({ method: "POST", hosts, origin: "http://127.0.0.1:8000" })).toBe("foreign_origin");
  });

  test("a script sends neither Origin nor browser markers, and passes", () => {
    expect(judge({ method: "POST" })).toBeNull();
    expect(judge({ method: "POST", fetchMode: "cors" })).toBeNull();
    expect(judge({ accept: "text/event-stream" })).toBeNull();
  });

  test.each(["cross-site", "same-site", "same-origin", "none", "garbage"])(
    "a browser's change without Origin is refused (Sec-Fetch-Site: %s)",
    (fetchSite) => {
      expect(judge({ method: "POST", fetchSite })).toBe("foreign_origin");
    },
  );

  test("our page's GET sends no Origin: it passes with Sec-Fetch-Site: same-origin, or without", () => {
    expect(judge({ fetchSite: "same-origin", fetchMode: "cors" })).toBeNull();
    expect(judge({ fetchSite: "same-origin", fetchMode: "cors", accept: "text/event-stream" })).toBeNull();
    expect(judge({})).toBeNull();
  });
});

describe("NET-16: fetch metadata", () => {
  test.each(["/", "/api/health", "/assets/app.js", "/api/events"])(
    "a cross-site request for %s is refused",
    (path) => {
      expect(judge({ path, fetchSite: "cross-site", fetchMode: "no-cors" })).toBe("foreign_origin");
      expect(judge({ path, fetchSite: "same-site", fetchMode: "cors" })).toBe("foreign_origin");
    },
  );

  test("a link from elsewhere may lead to a page of ours, but not into the API", () => {
    expect(judge({ path: "/s/abcdefgh", fetchSite: "cross-site", fetchMode: "navigate" })).toBeNull();
    expect(judge({ path: "/api/sessions", fetchSite: "cross-site", fetchMode: "navigate" })).toBe(
      "foreign_origin",
    );
  });

  test("the address bar may show what a GET answers, but open no stream", () => {
    expect(judge({ fetchSite: "none", fetchMode: "navigate" })).toBeNull();
    expect(judge({ fetchSite: "none", accept: "text/event-stream" })).toBe("foreign_origin");
  });
});

test("NET-12: an upgrade to WebSocket is refused", () => {
  expect(judge({ upgrade: "websocket" })).toBe("upgrade_refused");
  expect(judge({ upgrade: "WebSocket, h2c" })).toBe("upgrade_refused");
  expect(judge({ upgrade: "h2c" })).toBeNull();
});

test("NET-09: a server on all addresses answers to each of them, and to no other name", () => {
  const { origins } = allowedFor({
    host: "0.0.0.0",
    port: 80,
    addresses: ["192.0.2.7", "2001:db8::1"],
    publicUrl: null,
  });
  expect([...origins]).toEqual([
    ["127.0.0.1", "http://127.0.0.1"],
    ["localhost", "http://localhost"],
    ["[::1]", "http://[::1]"],
    ["192.0.2.7", "http://192.0.2.7"],
    ["[2001:db8::1]", "http://[2001:db8::1]"],
  ]);
});
