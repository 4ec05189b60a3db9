/** The way to GitHub's own page and back. */

import { nameFromAgent, suggestName } from "../../lib/browser/this-device.ts";
import { h } from "../../lib/dom.ts";
import { signal } from "../../lib/signal.ts";
import { webSignInAddress } from "../../state/access/sign-in.ts";

/** A link that looks like a button. Beside the page it opens a tab of its own. */
export function WebLink(options: { label: string; next?: string; isBeside?: boolean }): HTMLElement {
  const name = signal(nameFromAgent());
  void suggestName().then((better) => {
    name.value = better;
  });
  const place = options.isBeside === true ? { target: "_blank", rel: "noopener" } : {};
  return h(
    "a",
    { class: "button", href: () => webSignInAddress(options.next ?? "/", name.value), ...place },
    options.label,
  );
}
