/**
 * Opens the page without a network: keeps the page and its own files, and nothing else. What the machine says (`/api/`)
 * never passes through here. The build puts in the list of files; every build is another version.
 */

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PageFetch extends WaitingEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface PageMessage extends WaitingEvent {
  readonly data: unknown;
}
interface WorkerEvents {
  readonly install: WaitingEvent;
  readonly activate: WaitingEvent;
  readonly fetch: PageFetch;
  readonly message: PageMessage;
}

declare const self: {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  addEventListener<K extends keyof WorkerEvents>(type: K, listener: (event: WorkerEvents[K]) => void): void;
  skipWaiting(): Promise<void>;
};
declare const builtFiles: readonly string[];
declare const builtVersion: string;

const prefix = "page-";
const cacheName = `${prefix}${builtVersion}`;
/** Every place of the page is the same file. */
const page = "/";
/** The addresses that are answered with it. */
const places = /^\/(?:$|new$|pair$|settings(?:\/|$)|s\/)/;
/** A machine that takes longer is away, or as good as away: then the page opens as it was. */
const patienceMs = 3000;
/** An open page goes on with its own version: its files are kept until there is a second newer one. */
const keptVersions = 2;

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOld().then(() => self.clients.claim())));
self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(fill());
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && places.test(pathname)) event.respondWith(openPage(event.request));
  else if (mode !== "navigate" && isOwnFile(pathname)) event.respondWith(openFile(event.request));
});

/** Files that are named by their content, of whatever version, and the few of this one that are not. */
function isOwnFile(pathname: string): boolean {
  return isNamedByContent(pathname) || builtFiles.includes(pathname);
}

function isNamedByContent(pathname: string): boolean {
  return pathname.startsWith("/assets/");
}

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  // The browser may have older ones at hand; what is named by its content is the same wherever it comes from.
  const files = builtFiles.map((file) =>
    isNamedByContent(file) ? file : new Request(file, { cache: "reload" }),
  );
  await cache.addAll([new Request(page, { cache: "reload" }), ...files]);
}

async function forgetOld(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(names.slice(0, names.length - keptVersions + 1).map((name) => caches.delete(name)));
}

/** The machine's page when it answers in time, so that a new version is taken; else the one that is kept. */
async function openPage(request: Request): Promise<Response> {
  const kept = await (await caches.open(cacheName)).match(page);
  if (kept === undefined) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), patienceMs));
  return Promise.race([
    fetch(request).then(
      (response) => (response.status >= 500 ? kept : response),
      () => kept,
    ),
    late,
  ]);
}

/** This version's file; else another version's, for a page that is open since then. */
async function openFile(request: Request): Promise<Response> {
  const own = await (await caches.open(cacheName)).match(request);
  return own ?? (await caches.match(request)) ?? fetch(request);
}

// A module of its own: what is declared above is the worker's, not the page's.
export {};
