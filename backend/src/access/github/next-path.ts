/** Where a browser goes after signing in: a page of ours, never anybody else's (security requirement NET-17). */

const maxLength = 1_000;
/** A server or browser on the way may take these for the end of a line … */
const lineEnd = /%(?:0[0-9a-f]|1[0-9a-f]|7f)/i;
/** … and in a path these for a slash or a dot. */
const disguised = /%(?:2f|5c|2e)/i;

/** The path with its query and fragment when it is a page of this origin; else `/`. */
export function nextPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > maxLength) return "/";
  if (!/^\/[\x21-\x7e]*$/.test(asked) || asked.startsWith("//")) return "/";
  if (asked.includes("\\") || lineEnd.test(asked)) return "/";
  const [path = ""] = asked.split(/[?#]/);
  const base = "http://voxpilot.invalid";
  if (disguised.test(path) || !URL.canParse(asked, base)) return "/";
  const { origin, pathname, search, hash } = new URL(asked, base);
  // Dots may have been resolved into a second slash; and no call of the API is a page.
  const isPage = origin === base && !pathname.startsWith("//") && !/^\/api(?:\/|$)/i.test(pathname);
  return isPage ? `${pathname}${search}${hash}` : "/";
}
