/** Whether the machine still serves this very page: after an update the parts that this page would fetch are gone. */

/** `gone`: the machine did not answer. */
type PageVersion = "same" | "updated" | "gone";

/** Asks for the page anew, and looks for the files that this one began with: the build names them by their content. */
export async function comparePageVersion(): Promise<PageVersion> {
  const files = entryFiles();
  try {
    const response = await fetch("/", { cache: "no-store", headers: { accept: "text/html" } });
    if (!response.ok || files.length === 0) return "gone";
    const page = await response.text();
    return files.every((file) => page.includes(`"${file}"`)) ? "same" : "updated";
  } catch {
    // No answer: the machine is away, which says nothing of its version.
    return "gone";
  }
}

function entryFiles(): readonly string[] {
  const scripts = document.querySelectorAll('script[type="module"][src]');
  const styles = document.querySelectorAll('link[rel="stylesheet"][href]');
  return [
    ...[...scripts].map((script) => script.getAttribute("src") ?? ""),
    ...[...styles].map((style) => style.getAttribute("href") ?? ""),
  ];
}
