/** Requests as somebody makes them who wants in or wants to break something: valid ones bent, and noise. For fast-check. */
import * as fc from "fast-check";

export interface HostileTargets {
  /** The right `Host`. */
  readonly host: string;
  /** `METHOD /path` of every route, with its parameters in braces. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Ids that exist. */
  readonly ids: readonly string[];
}

/** How far a request is bent. */
interface Manner {
  /** Letters for names, values and paths. */
  text(maxLength: number): fc.Arbitrary<string>;
  readonly methods: fc.Arbitrary<string>;
  readonly versions: fc.Arbitrary<string>;
  readonly newlines: fc.Arbitrary<string>;
  readonly oddHeaders: fc.Arbitrary<string>;
  readonly framings: fc.Arbitrary<Framing>;
  readonly isWild: boolean;
}

/** A whole request, as the bytes of one connection: mostly HTTP that is read to the end, now and then what is not even that. */
export function hostileRequest(targets: HostileTargets): fc.Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 5, arbitrary: requestIn(gentle, targets) },
    { weight: 1, arbitrary: requestIn(wild, targets) },
  );
}

function requestIn(manner: Manner, targets: HostileTargets): fc.Arbitrary<Buffer> {
  return fc
    .record({
      line: requestLine(manner, targets),
      hosts: hostHeaders(manner, targets.host),
      headers: fc.array(header(manner, targets.host), { maxLength: 5 }),
      body: bodyWithFraming(manner),
      newline: manner.newlines,
    })
    .map(({ line, hosts, headers, body, newline }) =>
      Buffer.concat([
        Buffer.from([line, ...hosts, ...headers, ...body.headers, "", ""].join(newline), "latin1"),
        body.bytes,
      ]),
    );
}

function requestLine(manner: Manner, { routes, ids, host }: HostileTargets): fc.Arbitrary<string> {
  const known = fc
    .record({ route: fc.constantFrom(...routes), id: parameter(manner, ids) })
    .map(
      ({ route, id }) => [route.method.toUpperCase(), route.path.replaceAll(/\{\w+\}/g, () => id)] as const,
    );
  return fc
    .record({
      known,
      method: fc.option(manner.methods, { freq: 4 }),
      path: fc.option(strangePath(manner), { freq: 4 }),
      form: targetForm(manner, host),
      query: fc.option(query(manner), { freq: 3 }),
      version: manner.versions,
    })
    .map(({ known: [itsMethod, itsPath], method: other, path, form, query: added, version: told }) => {
      const target = form((path ?? itsPath) + (added === null ? "" : `?${added}`));
      return `${other ?? itsMethod} ${target} ${told}`;
    });
}

function parameter(manner: Manner, ids: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      ...ids,
      "abcdefgh",
      "0",
      "-1",
      "9".repeat(30),
      "__proto__",
      "constructor",
      "..",
      ".",
      "%2e%2e",
    ),
    manner.text(40).map(encodeURIComponent),
    fc.constantFrom("%", "%zz", "%00", "%c0%ae", "%ff", "a%2fb", "a%5cb", "{id}", ":id", "*"),
  );
}

function strangePath(manner: Manner): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...strangePaths),
    fc.array(manner.text(12), { maxLength: 6 }).map((parts) => `/${parts.join("/")}`),
    fc
      .array(manner.text(12).map(encodeURIComponent), { maxLength: 6 })
      .map((parts) => `/api/${parts.join("/")}`),
  );
}

const strangePaths = [
  "/",
  "/index.html",
  "/pair",
  "/settings/devices",
  "/api",
  "/api/",
  "/api//sessions",
  "//api/sessions",
  "/api/../api/sessions",
  "/%61pi/sessions",
  "/API/sessions",
  "/api/sessions/",
  "/api/sessions;x=1",
  "/api\\sessions",
  "/./api/./device",
  "/../../../../etc/passwd",
  "/..%2f..%2fetc/passwd",
  "/assets/../../backend/dist/voxpilot.js",
  "/.env",
  "/devices.json",
  "/%00",
  "/%",
  `/${"a/".repeat(2_000)}`,
  `/${"x".repeat(7_000)}`,
];

function query(manner: Manner): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...queries), manner.text(60));
}

const queries = [
  "after=0",
  "after=-1",
  "limit=999999999999999999999",
  "_method=DELETE",
  "session=a:0&session=b:0",
  "code=AAAA-AAAA",
  "state=x&code=y",
  "next=//evil.example",
  "__proto__[polluted]=1",
  "%",
  "a=%zz",
];

function targetForm({ isWild }: Manner, host: string): fc.Arbitrary<(path: string) => string> {
  return fc.oneof(
    { weight: isWild ? 12 : 60, arbitrary: fc.constant((path: string) => path) },
    fc.constantFrom<(path: string) => string>(
      (path) => `http://${host}${path}`,
      (path) => `http://evil.example${path}`,
      (path) => `https://${host}${path}`,
      (path) => `http://user:secret@${host}${path}`,
      (path) => `file://${path}`,
      (path) => `http://[::1${path}`,
      (path) => path.slice(1),
      () => "*",
      () => host,
      () => "",
    ),
  );
}

function hostHeaders({ isWild, text }: Manner, host: string): fc.Arbitrary<readonly string[]> {
  return fc.oneof(
    { weight: isWild ? 12 : 60, arbitrary: fc.constant<readonly string[]>([`Host: ${host}`]) },
    fc.constantFrom<readonly string[]>(
      [],
      ["Host:"],
      ["Host: evil.example"],
      [`Host: ${host}`, "Host: evil.example"],
      ["Host: evil.example", `Host: ${host}`],
      [`Host: ${host}.evil.example`],
      [`Host: ${host}@evil.example`],
      [`Host : ${host}`],
      [` Host: ${host}`],
      ["Host: [::1"],
      ["Host: localhost:1"],
    ),
    text(30).map((value): readonly string[] => [`Host: ${value}`]),
  );
}

function header(manner: Manner, host: string): fc.Arbitrary<string> {
  return fc.oneof(cookieHeader(manner), identityHeader(manner), fetchHeader(host), manner.oddHeaders);
}

const token = (manner: Manner) =>
  fc.oneof(
    fc
      .base64String({ minLength: 40, maxLength: 44 })
      .map((text) => text.replaceAll(/[+/=]/g, "A").slice(0, 43)),
    manner.text(60),
    fc.constantFrom("", "x", "null", "undefined", "a".repeat(43), "../../etc/passwd", "a".repeat(5_000)),
  );

const cookieHeader = (manner: Manner) =>
  fc
    .array(
      fc
        .tuple(
          fc.constantFrom(
            "voxpilot_device",
            "__Host-voxpilot_device",
            "voxpilot_device_demo",
            "gh_token",
            "__Host-gh_token",
            "gh_state",
            "__proto__",
          ),
          token(manner),
        )
        .map(([name, value]) => `${name}=${value}`),
      { minLength: 1, maxLength: 4 },
    )
    .map((cookies) => `Cookie: ${cookies.join("; ")}`);

const identityHeader = (manner: Manner) =>
  fc
    .tuple(
      fc.constantFrom(
        "Authorization: Bearer ",
        "Authorization: Basic ",
        "Authorization: ",
        "X-Forwarded-For: 127.0.0.1, ",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: ",
        "Forwarded: for=127.0.0.1;host=",
        "Tailscale-User-Login: octocat",
        "X-Webauth-User: ",
        "X-HTTP-Method-Override: DELETE",
        "Last-Event-ID: ",
      ),
      token(manner),
    )
    .map(([name, value]) => name + value);

function fetchHeader(host: string): fc.Arbitrary<string> {
  return fc.constantFrom(
    `Origin: http://${host}`,
    "Origin: https://evil.example",
    "Origin: null",
    `Origin: http://${host}/`,
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: navigate",
    "Accept: text/event-stream",
    "Accept: application/json",
    "Accept-Encoding: br, gzip;q=0, *",
    "Access-Control-Request-Method: POST",
    "If-None-Match: *",
    "Range: bytes=0-18446744073709551615",
  );
}

const gentleHeaders = fc.constantFrom(
  "Content-Type: application/json; charset=utf-16",
  "Content-Type: text/plain",
  "Content-Encoding: gzip",
  "Expect: 100-continue",
  "Upgrade: h2c",
  "Te: trailers",
  "__proto__: x",
  "Connection: close, keep-alive",
);

const wildHeaders = fc.oneof(
  gentleHeaders,
  fc.constantFrom(
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Expect: nonsense",
    "Trailer: host",
    "no colon at all",
    ": no name",
    "Folded: a\r\n b",
    `X-Long: ${"y".repeat(20_000)}`,
  ),
  fc.tuple(noise(16), noise(80)).map(([name, value]) => `${name}: ${value}`),
);

const jsonText = fc.oneof(
  fc.constantFrom(
    '{"code":"AAAA-AAAA","name":"x"}',
    '{"code":1,"name":null}',
    '{"code":"AAAA-AAAA","name":"x","__proto__":{"rights":"full"},"constructor":{"prototype":{"rights":"full"}}}',
    '{"token":"gho_0123456789abcdef0123456789abcdef0123"}',
    '{"rights":"full"}',
    "{}",
    "[]",
    "null",
    '"\\ud800"',
    "{",
    "\u00ff\u00fe{}",
    "1e999",
    "[".repeat(20_000),
    `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
  ),
  fc.json({ maxDepth: 4 }),
  noise(300),
);

interface FramedBody {
  readonly headers: readonly string[];
  readonly bytes: Buffer;
}

type Framing = (bytes: Buffer) => FramedBody;

function bodyWithFraming({ framings }: Manner): fc.Arbitrary<FramedBody> {
  return fc.tuple(jsonText, framings).map(([text, frame]) => frame(Buffer.from(text, "latin1")));
}

const json = "Content-Type: application/json";
const chunkOf = (bytes: Buffer) => `${bytes.length.toString(16)}\r\n${bytes.toString("latin1")}\r\n`;
const chunked = (text: string): FramedBody => ({
  headers: [json, "Transfer-Encoding: chunked"],
  bytes: Buffer.from(text, "latin1"),
});
const withHeaders =
  (...headers: string[]): Framing =>
  (bytes) => ({ headers: [json, ...headers], bytes });

const gentleFramings = fc.constantFrom<Framing>(
  () => ({ headers: [], bytes: Buffer.alloc(0) }),
  (bytes) => withHeaders(`Content-Length: ${bytes.length}`)(bytes),
  (bytes) => withHeaders(`Content-Length: ${bytes.length}`)(bytes),
  (bytes) => ({ headers: [`Content-Length: ${bytes.length}`], bytes }),
  (bytes) => chunked(bytes.length === 0 ? "0\r\n\r\n" : `${chunkOf(bytes)}0\r\n\r\n`),
);

/** What the headers claim is too much, too little, or both ways at once. */
const wildFramings = fc.oneof(
  gentleFramings,
  fc.constantFrom<Framing>(
    (bytes) => withHeaders(`Content-Length: ${bytes.length + 100}`)(bytes),
    (bytes) => withHeaders(`Content-Length: ${Math.max(0, bytes.length - 3)}`)(bytes),
    (bytes) => withHeaders(`Content-Length: ${bytes.length}`, "Transfer-Encoding: chunked")(bytes),
    withHeaders("Content-Length: 5", "Content-Length: 6"),
    withHeaders("Content-Length: -1"),
    withHeaders("Content-Length: 99999999999999999999"),
    withHeaders("Transfer-Encoding: xchunked"),
    (bytes) => chunked(`zz\r\n${chunkOf(bytes)}`),
    () => chunked("FFFFFFFFFFFFFFFF\r\n"),
  ),
);

/** Latin-1 letters of every kind, control characters too. */
function noise(maxLength: number): fc.Arbitrary<string> {
  const letter = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0x21, max: 0x7e }) },
    fc.integer({ min: 0, max: 0xff }),
  );
  return fc.array(letter, { maxLength }).map((codes) => String.fromCharCode(...codes));
}

/** Letters that HTTP lets through, of which an application may still make something. */
function letters(maxLength: number): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength })
    .map((codes) => String.fromCharCode(...codes));
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

const gentle: Manner = {
  text: letters,
  methods: fc.constantFrom(...methods, "TRACE", "PROPFIND"),
  versions: fc.constant("HTTP/1.1"),
  newlines: fc.constant("\r\n"),
  oddHeaders: gentleHeaders,
  framings: gentleFramings,
  isWild: false,
};

const wild: Manner = {
  text: noise,
  methods: fc.oneof(
    fc.constantFrom(...methods),
    fc.constantFrom("TRACE", "CONNECT", "PROPFIND", "get", "QUERY", "PRI", "G E T", "GET\0"),
    noise(12),
  ),
  versions: fc.oneof(
    { weight: 20, arbitrary: fc.constant("HTTP/1.1") },
    fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 x", "", "ICY/1"),
  ),
  newlines: fc.oneof({ weight: 30, arbitrary: fc.constant("\r\n") }, fc.constantFrom("\n", "\r", "\r\r\n")),
  oddHeaders: wildHeaders,
  framings: wildFramings,
  isWild: true,
};
