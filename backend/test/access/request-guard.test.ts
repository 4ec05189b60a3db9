/** The rules on Host, Origin and fetch metadata, one by one. */
import { describe, expect, test } from "vitest";
import {
  allowedFor,
  isLoopback,
  isWildcard,
  judgeRequest,
  type RequestFacts,
} from "../../src/access/request-guard.ts";

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
    "studio.example.org:443",
    "studio.example.org.",
    "0.0.0.0:8000",
    "localhost.:8000",
    "127.1:8000",
    "127.0.0.2:8000",
    "2130706433:8000",
    "0x7f.0.0.1:8000",
    "0177.0.0.1:8000",
    "127.0.0.1:08000",
    "127.0.0.1:8000 ",
    " 127.0.0.1:8000",
    "127.0.0.1:8000/",
    "127.0.0.1:8000#",
    "127.0.0.1:8000?",
    "127.0.0.1:8000, evil.example",
    "127.0.0.1:8000,127.0.0.1:8000",
    "user@127.0.0.1:8000",
    "127.0.0.1:8000@evil.example",
    "http://127.0.0.1:8000",
    "[::ffff:127.0.0.1]:8000",
    "[::ffff:7f00:1]:8000",
    "[0:0:0:0:0:0:0:1]:8000",
    "[::1%25lo]:8000",
    "[::]:8000",
    "::1:8000",
    "localhost%00:8000",
    "xn--localhost:8000",
    "ｌocalhost:8000",
    "__proto__",
    "constructor",
    "undefined",
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
  "http://127.0.0.1:8000.evil.example",
  "http://127.0.0.1:8000@evil.example",
  "http://evil.example/http://127.0.0.1:8000",
  "http://user@127.0.0.1:8000",
  "http://127.0.0.1:8000/",
  "http://127.0.0.1:8000?",
  "http://127.0.0.1:8000#",
  "http://127.0.0.1:8000 ",
  " http://127.0.0.1:8000",
  "http://127.0.0.1:8000\n",
  "http://127.0.0.1:80",
  "http://127.0.0.1",
  "http://127.0.0.1:08000",
  "http://127.1:8000",
  "http://127.0.0.1.:8000",
  "http://[::1]:8000",
  "http://sub.127.0.0.1:8000",
  "http://127.0.0.1:8000, http://127.0.0.1:8000",
  "http://127.0.0.1:8000 https://evil",
  "127.0.0.1:8000",
  "//127.0.0.1:8000",
  "file://",
  "ws://127.0.0.1:8000",
  "chrome-extension://abcdefghijklmnop",
  "Null",
  "undefined",
  "*",
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

describe("NET-11: a neighbour", () => {
  test.each([
    "https://dev.studio.example.org",
    "https://example.org",
    "https://studio.example.org:8443",
    "https://studio.example.org.evil.example",
    "https://evilstudio.example.org",
    "http://studio.example.org",
    "HTTPS://studio.example.org",
    "https://STUDIO.example.org",
    "https://studio.example.org.",
    "https://studio.example.org:443",
  ])("%s is foreign to https://studio.example.org", (origin) => {
    const hosts = ["studio.example.org"];
    expect(judge({ method: "POST", hosts, origin })).toBe("foreign_origin");
    expect(judge({ hosts, origin, accept: "text/event-stream" })).toBe("foreign_origin");
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

test("NET-09: on a local network it also answers to the machine's names, with https in all origins", () => {
  const { origins } = allowedFor({
    host: "::",
    port: 8000,
    addresses: ["192.168.1.7"],
    names: ["studio", "studio.local", "voxpilot.local"],
    scheme: "https",
    publicUrl: new URL("https://studio.example.org"),
  });
  expect([...origins]).toEqual([
    ["127.0.0.1:8000", "https://127.0.0.1:8000"],
    ["localhost:8000", "https://localhost:8000"],
    ["[::1]:8000", "https://[::1]:8000"],
    ["192.168.1.7:8000", "https://192.168.1.7:8000"],
    ["studio:8000", "https://studio:8000"],
    ["studio.local:8000", "https://studio.local:8000"],
    ["voxpilot.local:8000", "https://voxpilot.local:8000"],
    ["studio.example.org", "https://studio.example.org"],
  ]);
});

test("NET-09: names and addresses of the machine are foreign to a server on loopback", () => {
  const place = { host: "127.0.0.1", port: 8000, addresses: ["192.168.1.7"], names: ["studio"] };
  const { origins } = allowedFor({ ...place, publicUrl: null });
  expect([...origins.keys()]).toEqual(["127.0.0.1:8000", "localhost:8000", "[::1]:8000"]);
});

test.each([
  ["0.0.0.0", true],
  ["::", true],
  ["::0", true],
  ["0:0:0:0:0:0:0:0", true],
  ["0", true],
  ["::ffff:0.0.0.0", true],
  ["127.0.0.1", false],
  ["::1", false],
  ["192.168.1.7", false],
  ["studio.local", false],
])("NET-01: %s means every address: %s", (host, isEverywhere) => {
  expect(isWildcard(host)).toBe(isEverywhere);
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["localhost", true],
  ["::1", true],
  ["[::1]", true],
  ["127.0.0.1.evil.example", false],
  ["localhost.evil", false],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["::", false],
])("NET-01: %s is loopback: %s", (host, isOwn) => {
  expect(isLoopback(host)).toBe(isOwn);
});
