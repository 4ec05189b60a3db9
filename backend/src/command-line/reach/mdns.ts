/** Tells the local network where VoxPilot is: `voxpilot.local`, and the service beside it (RFC 6762 and 6763). Loaded only with `--lan`. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { announcedName } from "./machine-names.ts";

export interface AnnouncementPlan {
  /** The machine's name, for lists of services. */
  readonly machine: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Hears of what goes wrong later. */
  readonly report: (error: unknown) => void;
  /** Where to speak; default: on every interface. */
  readonly network?: { readonly interface: string; readonly bind: string; readonly port: number };
  /** How long each of three questions waits for somebody who has the name. */
  readonly probeMs?: number;
}

export interface Announcement {
  /** `voxpilot.local`, or the first of `voxpilot-2.local` … that nobody had. */
  readonly name: string;
  /** Takes the name back and is silent. */
  close(): Promise<void>;
}

const mostNames = 9;
const goodbyeWithinMs = 500;

/** Takes a name that nobody on the network has and announces it; rejects when that cannot be done. */
export async function announce(plan: AnnouncementPlan): Promise<Announcement> {
  const { default: Bonjour } = await import("bonjour-service");
  const bonjour = new Bonjour(plan.network, plan.report);
  const network = networkOf(bonjour);
  try {
    await once(network, "ready");
    network.on("error", plan.report);
    network.on("warning", plan.report);
    const number = await freeNumber(network, plan);
    const name = nameOf(number);
    const service = {
      name: serviceName(plan.machine, number),
      type: plan.scheme,
      port: plan.port,
      host: name,
    };
    // The library's own probe looks for the service alone, and prints what it finds.
    await once(bonjour.publish({ ...service, probe: false, txt: { path: "/" } }), "up");
    return {
      name,
      async close() {
        const gone = new Promise<void>((resolve) => bonjour.unpublishAll(() => resolve()));
        await Promise.race([gone, delay(goodbyeWithinMs, undefined, { ref: false })]);
        await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
      },
    };
  } catch (error) {
    bonjour.destroy();
    throw error;
  }
}

async function freeNumber(network: Network, plan: AnnouncementPlan): Promise<number> {
  for (let number = 1; number <= mostNames; number += 1) {
    const names = [nameOf(number), `${serviceName(plan.machine, number)}._${plan.scheme}._tcp.local`];
    if (!(await isTaken(network, names, plan.probeMs ?? 250))) return number;
  }
  throw new Error(`Others have ${announcedName} and the names after it.`);
}

/** Asks three times, as RFC 6762 has it, and listens for anybody who answers. */
async function isTaken(network: Network, names: readonly string[], probeMs: number): Promise<boolean> {
  const heard = new AbortController();
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const listen = (packet: Packet) => {
    const records = [...packet.answers, ...packet.additionals];
    if (records.some(({ name }) => wanted.has(name.toLowerCase()))) heard.abort();
  };
  network.on("response", listen);
  try {
    for (let asked = 0; asked < 3 && !heard.signal.aborted; asked += 1) {
      network.query(names.map((name) => ({ name, type: "ANY" })));
      // Ends early, by being aborted, when somebody answers.
      await delay(probeMs, undefined, { signal: heard.signal }).catch(() => undefined);
    }
  } finally {
    network.removeListener("response", listen);
  }
  return heard.signal.aborted;
}

function nameOf(number: number): string {
  return number === 1 ? announcedName : announcedName.replace(".", `-${number}.`);
}

/** Dots would part it into domains, and a label holds 63 bytes. */
function serviceName(machine: string, number: number): string {
  const name = `VoxPilot on ${machine.replaceAll(".", "-").slice(0, 40)}`;
  return number === 1 ? name : `${name} (${number})`;
}

interface Packet {
  readonly answers: readonly { readonly name: string }[];
  readonly additionals: readonly { readonly name: string }[];
}

/** The multicast socket inside the library, which has no other way to ask for a name before taking it. */
interface Network extends NodeJS.EventEmitter {
  query(questions: readonly { readonly name: string; readonly type: string }[]): void;
}

function networkOf(bonjour: object): Network {
  const server: unknown = Reflect.get(bonjour, "server");
  const network: unknown = typeof server === "object" && server !== null ? Reflect.get(server, "mdns") : null;
  if (isNetwork(network)) return network;
  throw new Error("bonjour-service is not built as expected.");
}

function isNetwork(value: unknown): value is Network {
  return typeof value === "object" && value !== null && "query" in value && "on" in value;
}
