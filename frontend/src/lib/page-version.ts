/** Whether the machine still serves this very page: after an update the parts that this page would fetch are gone. */

/** `gone`: the machine did not answer. */
export type PageVersion = "same" | "updated" | "gone";

/** Asks for the page anew, and looks for the entry that this one runs by. */
export async function comparePageVersion(): Promise<PageVersion> {
  const entry = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute("src");
  try {
    const response = await fetch("/", { cache: "no-store", headers: { accept: "text/html" } });
    if (!response.ok || entry === null || entry === undefined) return "gone";
    return (await response.text()).includes(`"${entry}"`) ? "same" : "updated";
  } catch {
    // No answer: the machine is away, which says nothing of its version.
    return "gone";
  }
}
