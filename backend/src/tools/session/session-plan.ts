/** The plan of a call that touches nothing beyond the session itself. */
import type { ToolPlan } from "../../agent/tool.ts";

/** `title` names the call, and stands for everything that it depends on. */
export function sessionPlan(title: string, run: ToolPlan["run"]): ToolPlan {
  return {
    title: title.slice(0, 200),
    locations: [],
    access: { type: "none" },
    subject: { type: "other", title: title.slice(0, 200) },
    content: [],
    basis: title,
    run,
  };
}
