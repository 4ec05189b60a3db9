/** Who stands behind a request, as the audit log names them. */
import type { Context } from "hono";
import type { AuditActor } from "../../protocol/audit.ts";
import type { Device } from "../../protocol/device.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { clientAddress } from "./connection.ts";

type Asking = Context<ServerEnvironment>;
type Parts = Pick<ServerParts, "proxies">;

/** The request's device, or a stranger at its address. */
export function auditActor(context: Asking, parts: Parts): AuditActor {
  // The guard comes before anybody is looked for: then nothing is set, whatever the type says.
  const authentication = context.get("authentication") as
    | ServerEnvironment["Variables"]["authentication"]
    | undefined;
  if (authentication?.type === "device") return deviceAuditActor(authentication.device, context, parts);
  return { kind: "stranger", id: null, name: null, address: clientAddress(context, parts) };
}

/** A device that was made, or found, in this very request. */
export function deviceAuditActor(
  device: Pick<Device, "id" | "name">,
  context: Asking,
  parts: Parts,
): AuditActor {
  return { kind: "device", id: device.id, name: device.name, address: clientAddress(context, parts) };
}
