/** Devices that may come in, and what one is told of itself and of the machine that it talks to. */
import * as z from "zod";
import { Timestamp } from "./identifiers.ts";

/** full: everything. approve: starts sessions in `ask` or `plan`, writes prompts, cancels, decides. read: sees, changes nothing. */
export const DeviceRights = z.enum(["full", "approve", "read"]).meta({ id: "DeviceRights" });
export type DeviceRights = z.infer<typeof DeviceRights>;

/** How people name a device. Nothing in it is unseen, or turns around what stands beside it. */
export const DeviceName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);

/** A paired browser or script. `lastSeenAt` null: it has not come since it was paired. */
export const Device = z
  .object({
    id: z.string(),
    name: z.string(),
    rights: DeviceRights,
    createdAt: Timestamp,
    lastSeenAt: Timestamp.nullable(),
    /** Where it came from last, as the connection or a trusted proxy tells it. */
    lastAddress: z.string().nullable(),
    /** The GitHub login that is signed in there. */
    login: z.string().nullable(),
  })
  .meta({ id: "Device" });
export type Device = z.infer<typeof Device>;

/** How the machine is reached, for the settings page and for “Not encrypted”. */
export const Reach = z
  .object({
    /** Every origin that answers, the one that people are told first. */
    addresses: z.array(z.string()),
    /** Listens beyond loopback. */
    lan: z.boolean(),
    /** Serves https with a certificate of its own. */
    https: z.boolean(),
    /** The public address behind a proxy or tunnel, or null. */
    publicUrl: z.string().nullable(),
    trustedProxies: z.array(z.string()),
    /** The name told over mDNS, such as `voxpilot.local`, or null. */
    localName: z.string().nullable(),
  })
  .meta({ id: "MachineReach" });
export type Reach = z.infer<typeof Reach>;

/** The asking device and the machine it talks to. */
export const ThisDevice = z
  .object({
    id: z.string(),
    name: z.string(),
    rights: DeviceRights,
    login: z.string().nullable(),
    /** Until when what needs fresh proof goes through without asking again; null: it must be given anew. */
    freshUntil: Timestamp.nullable(),
    server: z.object({
      version: z.string(),
      machine: z.string(),
      address: z.string(),
      /** The home folder of who runs it, absolute: what lies in it is shown from there. */
      home: z.string(),
      /** Whether this very request came over https. */
      https: z.boolean(),
      /** Plain http beyond loopback: others on the way can read along. */
      notEncrypted: z.boolean(),
      /** A GitHub app is configured: its ways of signing in. */
      github: z.object({ web: z.boolean(), device: z.boolean() }).nullable(),
      /** Room where the state folder lies. low: under 500 MB; full: under 50 MB, no new turn begins. */
      disk: z.enum(["enough", "low", "full"]),
      /** Started as `voxpilot demo`: the model is a script. */
      demo: z.boolean(),
    }),
  })
  .meta({ id: "ThisDevice" });
export type ThisDevice = z.infer<typeof ThisDevice>;
