/** Which requests are meant for this server at all: the exact rules on `Host`, `Origin` and the fetch-metadata headers. */

/** What the rules look at. A header that is absent is undefined. */
export interface RequestFacts {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** Every `Host` header: there must be exactly one. */
  readonly hosts: readonly string[];
  /** The authority of an absolute request target, else undefined. */
  readonly target: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  readonly accept: string | undefined;
  readonly upgrade: string | undefined;
}

/** `origins` maps each `Host` that is ours onto the one origin that a page has there. */
export interface Allowed {
  readonly origins: ReadonlyMap<string, string>;
}

export type GuardRefusal = "foreign_host" | "foreign_origin" | "upgrade_refused";

/** GitHub sends the browser there; what it brings must fit the browser's own cookie. */
const gitHubCallback = "/api/auth/callback";
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Why a request is refused before anything else looks at it, or null. Pure. */
export function judgeRequest(facts: RequestFacts, allowed: Allowed): GuardRefusal | null {
  const [host] = facts.hosts;
  const origin = host === undefined ? undefined : allowed.origins.get(host);
  if (origin === undefined || facts.hosts.length > 1) return "foreign_host";
  if (facts.target !== undefined && facts.target !== host) return "foreign_host";
  if (facts.origin !== undefined && facts.origin !== origin) return "foreign_origin";
  if (!isOurs(facts)) return "foreign_origin";
  if (facts.upgrade !== undefined && /\bwebsocket\b/i.test(facts.upgrade)) return "upgrade_refused";
  return null;
}

/**
 * Whether what a browser says of the request's source fits. `Sec-Fetch-Site` is what marks a browser: scripts say
 * nothing of it (Node's own fetch sends `Sec-Fetch-Mode`), and pass.
 */
function isOurs(facts: RequestFacts): boolean {
  const { fetchSite, origin } = facts;
  if (fetchSite === undefined) return true;
  if (!safeMethods.has(facts.method)) return origin !== undefined && fetchSite === "same-origin";
  // Our own page's GET sends no Origin.
  if (fetchSite === "same-origin") return true;
  if (isStream(facts)) return false;
  // The address bar, and a link from elsewhere onto a page of ours.
  if (fetchSite === "none") return true;
  const isNavigation = facts.fetchMode === "navigate" && facts.method === "GET";
  return isNavigation && (!isApi(facts.path) || facts.path === gitHubCallback);
}

function isStream(facts: RequestFacts): boolean {
  return facts.accept?.includes("text/event-stream") === true;
}

function isApi(path: string): boolean {
  return path === "/api" || path.startsWith("/api/");
}

/** Where a server can be found. */
export interface ServerPlace {
  /** What the server was told to listen on. */
  readonly host: string;
  readonly port: number;
  /** Addresses of this machine, for a server that listens on all of them. */
  readonly addresses: readonly string[];
  /** Names of this machine on its network, likewise. */
  readonly names?: readonly string[];
  /** What the server itself speaks; default: plain http. */
  readonly scheme?: "http" | "https";
  /** Where it stands from outside, behind a proxy of the owner's. */
  readonly publicUrl: URL | null;
}

/** The allow-list of a server: loopback always, then what it listens on, then its public address. */
export function allowedFor(place: ServerPlace): Allowed {
  const { host, port, addresses, names = [], scheme = "http", publicUrl } = place;
  const own = isWildcard(host) ? [...addresses, ...names] : [host];
  const origins = new Map<string, string>();
  for (const name of ["127.0.0.1", "localhost", "::1", ...own]) {
    const url = new URL(`${scheme}://${name.includes(":") ? `[${name}]` : name}:${port}`);
    origins.set(url.host, url.origin);
  }
  if (publicUrl !== null) origins.set(publicUrl.host, publicUrl.origin);
  return { origins };
}

/** The same hosts where the page has come over plain http: browsers send its origin along with its scripts. */
export function inPlainHttp({ origins }: Allowed): Allowed {
  return { origins: new Map([...origins.keys()].map((host) => [host, `http://${host}`])) };
}

/** Whether a host, as it stands in an address, is this machine seen from itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether listening on this host means every address of the machine, in whichever spelling. */
export function isWildcard(host: string): boolean {
  const written = host.includes(":") ? `http://[${host}]` : `http://${host}`;
  return URL.canParse(written) && ["0.0.0.0", "[::]", "[::ffff:0:0]"].includes(new URL(written).hostname);
}
