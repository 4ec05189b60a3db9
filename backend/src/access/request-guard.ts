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
  return facts.fetchMode === "navigate" && facts.method === "GET" && !isApi(facts.path);
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
  /** Where it stands from outside, behind a proxy of the owner's. */
  readonly publicUrl: URL | null;
}

/** The allow-list of a server: loopback always, then what it listens on, then its public address. */
export function allowedFor(place: ServerPlace): Allowed {
  const isWildcard = place.host === "0.0.0.0" || place.host === "::";
  const names = ["127.0.0.1", "localhost", "::1", ...(isWildcard ? place.addresses : [place.host])];
  const origins = new Map<string, string>();
  for (const name of names) {
    const host = new URL(`http://${name.includes(":") ? `[${name}]` : name}:${place.port}`).host;
    origins.set(host, `http://${host}`);
  }
  if (place.publicUrl !== null) origins.set(place.publicUrl.host, place.publicUrl.origin);
  return { origins };
}
