/** What kind of device this browser runs on, and a name for it that its owner would recognise. */

type DeviceKind = "phone" | "tablet" | "computer";

/** By the browser's own word, and by touch and size where it is silent. */
export function deviceKind(agent = navigator.userAgent, hasTouch = navigator.maxTouchPoints > 1): DeviceKind {
  if (/iPad|Tablet/.test(agent) || (/Android/.test(agent) && !/Mobile/.test(agent))) return "tablet";
  // iPads call themselves Macs, but no Mac has a touch screen.
  if (/Macintosh/.test(agent) && hasTouch) return "tablet";
  return /iPhone|Android|Mobile/.test(agent) ? "phone" : "computer";
}

/** A name from the user agent: `iPhone`, `Pixel 9`, `Firefox on Linux`. */
export function nameFromAgent(agent = navigator.userAgent, hasTouch = navigator.maxTouchPoints > 1): string {
  if (/iPhone/.test(agent)) return "iPhone";
  if (/iPad/.test(agent) || (/Macintosh/.test(agent) && hasTouch)) return "iPad";
  const android = /Android [\d.]+; ([^;)]+)/
    .exec(agent)?.[1]
    ?.replace(/ Build\/.*/, "")
    .trim();
  // Browsers that hide the model call every phone "K".
  if (android !== undefined && android !== "K" && android !== "Mobile") return android;
  if (/Android/.test(agent)) return /Mobile/.test(agent) ? "Android phone" : "Android tablet";
  return `${browserName(agent)} on ${systemName(agent)}`;
}

/** The best name that the browser gives: the model where it tells it, else `nameFromAgent`. */
export async function suggestName(): Promise<string> {
  const model = await hintedModel();
  return model === "" ? nameFromAgent() : model;
}

async function hintedModel(): Promise<string> {
  const data: unknown = Reflect.get(navigator, "userAgentData");
  if (
    typeof data !== "object" ||
    data === null ||
    !("getHighEntropyValues" in data) ||
    typeof data.getHighEntropyValues !== "function"
  )
    return "";
  try {
    const values: unknown = await data.getHighEntropyValues(["model"]);
    return typeof values === "object" &&
      values !== null &&
      "model" in values &&
      typeof values.model === "string"
      ? values.model
      : "";
  } catch {
    // The browser keeps it to itself.
    return "";
  }
}

function browserName(agent: string): string {
  if (/Edg\//.test(agent)) return "Edge";
  if (/Firefox\//.test(agent)) return "Firefox";
  return /Chrome\//.test(agent) ? "Chrome" : "Safari";
}

function systemName(agent: string): string {
  if (/Windows/.test(agent)) return "Windows";
  if (/Mac OS/.test(agent)) return "Mac";
  return /CrOS/.test(agent) ? "ChromeOS" : "Linux";
}

export type System = "ios" | "android" | "macos" | "windows" | "linux";

/** The operating system that this browser runs on; Linux where it is none of the others. */
export function thisSystem(agent = navigator.userAgent, hasTouch = navigator.maxTouchPoints > 1): System {
  // iPads call themselves Macs, but no Mac has a touch screen.
  if (/iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && hasTouch)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Macintosh/.test(agent)) return "macos";
  return /Windows/.test(agent) ? "windows" : "linux";
}
