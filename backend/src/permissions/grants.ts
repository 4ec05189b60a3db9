/** What "allow always" covers: exactly the same thing again, nothing wider (security requirement APR-13). */
import { isGrantable } from "../agent/permission.ts";
import type { PermissionRequest } from "../protocol/permission.ts";

/** Whether the grant given on one question answers another. Dangerous ones, and what no subject describes (`other`), are asked every time. */
export function grantCovers(granted: PermissionRequest, asked: PermissionRequest): boolean {
  if (!isGrantable(granted) || !isGrantable(asked)) return false;
  const given = granted.subject;
  const wanted = asked.subject;
  // What reaches further than what was granted is another thing, even under the same name.
  if (!asked.reach.every((reach) => granted.reach.includes(reach))) return false;
  switch (wanted.type) {
    case "command":
      return (
        given.type === "command" &&
        given.command === wanted.command &&
        given.cwd === wanted.cwd &&
        (given.background ?? false) === (wanted.background ?? false)
      );
    case "edit":
      return given.type === "edit" && given.path === wanted.path;
    case "read":
      return given.type === "read" && given.path === wanted.path;
    case "fetch":
      return given.type === "fetch" && given.url === wanted.url;
    case "question":
    case "plan":
    case "other":
      return false;
  }
}
