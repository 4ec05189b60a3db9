/** Hands out the authority behind this machine's https, so that phones and computers can be told to trust it. */
import * as z from "zod";
import { appleProfile } from "../../../access/tls/apple-profile.ts";
import { Timestamp } from "../../../protocol/identifiers.ts";
import { ApiError } from "../../errors.ts";
import type { ServerParts, TrustAuthority } from "../../parts.ts";
import { jsonContent, route } from "../../route-table.ts";

const Trust = z
  .object({
    /** SHA-256 of the authority's certificate: `AB:CD:…`. */
    fingerprint: z.string(),
    /** Names and addresses that the server's own certificate holds. */
    names: z.array(z.string()),
    notAfter: Timestamp,
  })
  .meta({ id: "Trust" });

export const trustRoutes = [
  route(
    {
      method: "get",
      path: "/api/trust",
      right: "public",
      summary: "The authority of this machine's https, to be compared with what the terminal says",
      responses: {
        200: { description: "404 when the server has none.", content: jsonContent(Trust) },
      },
    },
    (context, parts) => {
      const { fingerprint, names, notAfter } = authorityOf(parts);
      return context.json({ fingerprint, names: [...names], notAfter }, 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/trust/ca.crt",
      right: "public",
      summary: "The authority's certificate, PEM: for Android, Windows, Linux, macOS and iOS",
      responses: {
        200: { description: "PEM.", content: { "application/x-x509-ca-cert": { schema: z.string() } } },
      },
    },
    (_context, parts) => file(authorityOf(parts).authorityPem, "application/x-x509-ca-cert"),
  ),
  route(
    {
      method: "get",
      path: "/trust/ca.mobileconfig",
      right: "public",
      summary: "The same as a configuration profile for iOS and macOS",
      responses: {
        200: {
          description: "A profile.",
          content: { "application/x-apple-aspen-config": { schema: z.string() } },
        },
      },
    },
    (_context, parts) =>
      file(appleProfile(authorityOf(parts), parts.server.machine), "application/x-apple-aspen-config"),
  ),
];

function authorityOf({ trust }: ServerParts): TrustAuthority {
  if (trust !== null) return trust;
  throw new ApiError(404, "not_found", {
    detail: "This server has no certificate of its own. Start it with --https.",
  });
}

function file(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-cache" } });
}
