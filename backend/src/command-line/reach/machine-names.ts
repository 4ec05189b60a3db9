/** What this machine is called on its networks: its addresses, the one that people should try first at the head, and its names. */
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { canonicalAddress } from "../../access/trusted-proxies.ts";

/** As `os.networkInterfaces()` answers. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The name of an announced VoxPilot, unless another one on the network has it. */
export const announcedName = "voxpilot.local";

/** Bridges and tunnels of containers and virtual machines: nobody's phone is there. */
const virtualInterface = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|podman|lxc|utun|awdl|llw|anpi)/;

/** What people call this machine: the first part of its host name. */
export function machineName(): string {
  return hostname().split(".")[0] ?? "";
}

/** Addresses of this machine, best first, without loopback and those that hold on one link only. */
export function machineAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, entries]) => (entries ?? []).map((entry) => ({ name, ...entry })))
    .filter((entry) => !entry.internal && !/^fe[89ab]/i.test(entry.address))
    .flatMap(({ name, address }) => {
      const canonical = canonicalAddress(address);
      return canonical === null ? [] : [{ address: canonical, rank: rankOf(name, canonical) }];
    })
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ address }) => address);
}

function rankOf(name: string, address: string): number {
  const isLater = virtualInterface.test(name) ? 10 : 0;
  if (/^(?:192\.168|10|172\.(?:1[6-9]|2\d|3[01]))\./.test(address)) return isLater;
  if (!address.includes(":")) return isLater + (/^100\./.test(address) ? 2 : 1);
  return isLater + (/^f[cd]/.test(address) ? 3 : 4);
}

/** Names of this machine on its network: as it calls itself, and the same under `.local`. */
export function machineNames(name: string = hostname()): readonly string[] {
  const full = name.toLowerCase().replace(/\.$/, "");
  const [short = ""] = full.split(".");
  const names = [full, short, `${short}.local`, announcedName];
  return [...new Set(names)].filter((candidate) => isHostName(candidate) && candidate !== "localhost");
}

/** Whether it can stand in an address and in a certificate. */
function isHostName(name: string): boolean {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  return new RegExp(`^${label}(?:\\.${label})*$`).test(name) && !/^[\d.]+$/.test(name);
}
