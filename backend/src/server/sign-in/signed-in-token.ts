/** The GitHub token of whoever asks: from the cookie of this very device, and never kept but in memory. */
import type { Context } from "hono";
import { pairedDevice } from "../callers/authorisation.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { sealedToken } from "./visitor.ts";

/** Null: nobody is signed in with GitHub here. A cookie that another device was given is nobody's. */
export async function signedInToken(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
): Promise<string | null> {
  const held = await parts.gitHub?.tokenOf(sealedToken(context, parts));
  if (held == null) return null;
  const device = pairedDevice(context);
  return device === null || device.id === held.device ? held.token : null;
}
