/** What a browser calls itself, for the list of devices: `Chrome on Android`. */

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bMacintosh\b/, "Mac"],
  [/\bWindows\b/, "Windows"],
  [/\bLinux\b/, "Linux"],
];

/** A name from the `User-Agent` header, of our own words alone. */
export function browserName(agent: string | undefined): string {
  const find = (names: typeof browsers) => names.find(([pattern]) => pattern.test(agent ?? ""))?.[1];
  return [find(browsers) ?? "Browser", find(systems)].filter((word) => word !== undefined).join(" on ");
}
