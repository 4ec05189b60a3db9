/** The styles of what is not on the first screen: fetched with the first part that needs them, never shown without. */

let pending: Promise<void> | null = null;

/** The part, once the styles that it is drawn with are there too; rejects when either cannot be had now. */
export async function withStyles<T>(part: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([part, laterStyles()]);
  return loaded;
}

function laterStyles(): Promise<void> {
  pending ??= enableStyles().catch((error: unknown) => {
    pending = null;
    throw error;
  });
  return pending;
}

/** The page names them in a link that is disabled, which no browser fetches. */
function enableStyles(): Promise<void> {
  const named = document.querySelector('link[rel="stylesheet"][disabled]');
  if (named === null) return Promise.resolve();
  // A link of its own for each try: one that failed is not fetched again.
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = named.getAttribute("href") ?? "";
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => {
      named.remove();
      resolve();
    });
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error("The styles could not be fetched."));
    });
    named.after(link);
  });
}
