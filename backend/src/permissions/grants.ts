/** What "allow always" covers: exactly the same thing again, nothing wider (security requirement APR-13). */
import type { PermissionRequest } from "../protocol/permission.ts";

/** Whether the grant given on one question answers another. Dangerous ones and other engines' are asked every time. */
export function grantCovers(granted: PermissionRequest, asked: PermissionRequest): boolean {
  if (granted.dangerous || asked.dangerous) return false;
  const given = granted.subject;
  const wanted = asked.subject;
  // What reaches further than what was granted is another thing, even under the same name.
  if (!asked.reach.every((reach) => granted.reach.includes(reach))) return false;
  switch (wanted.type) {
    case "command":
      return given.type === "command" && given.command === wanted.command && given.cwd === wanted.cwd;
    case "edit":
      return given.type === "edit" && given.path === wanted.path;
    case "read":
      return given.type === "read" && given.path === wanted.path;
    case "other":
      return false;
  }
}
