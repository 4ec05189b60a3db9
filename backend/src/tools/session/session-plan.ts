/** The plan of a call that touches nothing beyond the session itself. */

import type { ToolPlan } from "../../agent/tool.ts";
import { shortTitle } from "../call-title.ts";

/** `title` names the call, and stands for everything that it depends on. */
export function sessionPlan(title: string, run: ToolPlan["run"]): ToolPlan {
  return {
    title: shortTitle(title),
    locations: [],
    access: { type: "none" },
    subject: { type: "other", title: shortTitle(title) },
    content: [],
    basis: title,
    run,
  };
}
