/** Runs in the measured page: notes when it can be read, and how long each keystroke takes until it is painted. */

/** Of an event that took less the browser does not tell: it counts as having taken so long. */
const shortestToldMs = 16;

/** @type {{ keys: number, toldMs: number[] }} */
const probe = { keys: 0, toldMs: [] };

/** Calls back once the next frame's styles, layout and painting are done on the page's own thread. @param {() => void} then */
function afterFrame(then) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(null);
  });
}

/** When the first texts of the session were painted as Markdown. @type {Promise<number>} */
const readableAtMs = new Promise((resolve) => {
  new MutationObserver((_changes, observer) => {
    // Texts stand as they were written until the code that draws Markdown has come.
    if (document.querySelector(".entry-agent .markdown:not(.markdown-plain) p") === null) return;
    observer.disconnect();
    afterFrame(() => resolve(performance.now()));
  }).observe(document, { childList: true, subtree: true });
});

document.addEventListener(
  "keydown",
  () => {
    probe.keys += 1;
  },
  { capture: true },
);

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") probe.toldMs.push(entry.duration);
}).observe({ type: "event", durationThreshold: shortestToldMs });

/** @type {{ request: number, atMs: number[], movedPixels: number, tops: Map<EventTarget, number> }} */
const frames = { request: 0, atMs: [], movedPixels: 0, tops: new Map() };

/** @param {number} atMs */
function noteFrame(atMs) {
  frames.atMs.push(atMs);
  frames.request = requestAnimationFrame(noteFrame);
}

document.addEventListener(
  "scroll",
  ({ target }) => {
    const element = target instanceof Element ? target : document.documentElement;
    const top = element.scrollTop;
    frames.movedPixels += Math.abs(top - (frames.tops.get(element) ?? top));
    frames.tops.set(element, top);
  },
  { capture: true, passive: true },
);

Object.assign(window, {
  benchProbe: {
    startFrames() {
      cancelAnimationFrame(frames.request);
      Object.assign(frames, { atMs: [], movedPixels: 0 });
      frames.request = requestAnimationFrame(noteFrame);
    },
    takeFrames() {
      cancelAnimationFrame(frames.request);
      const frameMs = frames.atMs.slice(1).map((atMs, index) => atMs - (frames.atMs[index] ?? atMs));
      return { frameMs, movedPixels: frames.movedPixels };
    },
    /** From the last byte of the session's newest page until its texts were painted. */
    async openMs() {
      const atMs = await readableAtMs;
      const pages = performance
        .getEntriesByType("resource")
        .filter(({ name }) => /\/events\?limit=/.test(name));
      const [page] = pages;
      if (!(page instanceof PerformanceResourceTiming))
        throw new Error("No page of the session was fetched.");
      return atMs - page.responseEnd;
    },
    /** Of each keystroke since it was last asked, how long it took until it was painted. */
    takeKeys() {
      const silent = Math.max(0, probe.keys - probe.toldMs.length);
      const paintedMs = [...probe.toldMs, ...Array.from({ length: silent }, () => shortestToldMs)];
      Object.assign(probe, { keys: 0, toldMs: [] });
      return paintedMs;
    },
  },
});
