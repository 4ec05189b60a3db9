/** How the server is reached right now: the allow-list of hosts and origins, and what the page and the terminal are told. */
import { type Allowed, allowedFor, isWildcard } from "../../access/request-guard.ts";
import { canonicalAddress } from "../../access/trusted-proxies.ts";
import type { Config } from "../../config.ts";
import type { Reach } from "../../protocol/device.ts";
import { addressUrl, boundHost } from "./listen.ts";
import { machineAddresses, machineNames } from "./machine-names.ts";
import { isBeyondLoopback } from "./reach.ts";

export interface ReachOptions {
  readonly config: Pick<Config, "host" | "lan" | "https" | "publicUrl" | "trustedProxies">;
  readonly port: number;
  /** What the machine is called now; default: asks the system. */
  readonly look?: () => Machine;
}

export interface Machine {
  /** Best first. */
  readonly addresses: readonly string[];
  readonly names: readonly string[];
}

function lookAround(): Machine {
  return { addresses: machineAddresses(), names: machineNames() };
}

/** Follows the machine from network to network. */
export class ReachState {
  readonly #options: ReachOptions;
  #machine: Machine;
  #localName: string | null = null;
  #origins: Allowed["origins"];

  constructor(options: ReachOptions) {
    this.#options = options;
    this.#machine = (options.look ?? lookAround)();
    this.#origins = this.#allowedOrigins();
  }

  /** Looks at the machine again. Returns whether anything is different. */
  update(): boolean {
    const before = JSON.stringify(this.#machine);
    this.#machine = (this.#options.look ?? lookAround)();
    this.#origins = this.#allowedOrigins();
    return JSON.stringify(this.#machine) !== before;
  }

  /** The name that was taken over mDNS, or null when it was given up. */
  setLocalName(name: string | null): void {
    this.#localName = name;
    this.#origins = this.#allowedOrigins();
  }

  /** Always today's. */
  get allowed(): Allowed {
    const origins = () => this.#origins;
    return {
      get origins() {
        return origins();
      },
    };
  }

  /** Always today's. */
  get reach(): Reach {
    const { config } = this.#options;
    return {
      addresses: this.#addresses(),
      lan: isBeyondLoopback(config),
      https: config.https,
      publicUrl: config.publicUrl?.origin ?? null,
      trustedProxies: [...config.trustedProxies],
      localName: this.#localName,
    };
  }

  /** The origin that people are told first. */
  get address(): string {
    return this.#addresses()[0] ?? this.#origin("127.0.0.1");
  }

  /** The origin for a browser on this very machine. */
  get ownAddress(): string {
    const { config } = this.#options;
    if (config.publicUrl !== null) return config.publicUrl.origin;
    return this.#origin(isWildcard(boundHost(config)) ? "127.0.0.1" : config.host);
  }

  /** Everything that the server's certificate should hold. */
  get certificateNames(): readonly string[] {
    const { config } = this.#options;
    const given = isWildcard(config.host) ? [] : [nameIn(config.host)];
    const outside = config.publicUrl === null ? [] : [nameIn(config.publicUrl.hostname)];
    const { names, addresses } = this.#machine;
    const local = this.#localName === null ? [] : [this.#localName];
    return [
      ...new Set(["localhost", "127.0.0.1", "::1", ...names, ...local, ...given, ...outside, ...addresses]),
    ];
  }

  #addresses(): string[] {
    const { config } = this.#options;
    const isEverywhere = isWildcard(boundHost(config));
    const local = this.#localName === null ? [] : [this.#localName];
    const hosts = isEverywhere ? [...this.#machine.addresses, ...local, "127.0.0.1"] : [config.host];
    const outside = config.publicUrl === null ? [] : [config.publicUrl.origin];
    return [...new Set([...outside, ...hosts.map((host) => this.#origin(host))])];
  }

  #origin(host: string): string {
    const { config, port } = this.#options;
    return addressUrl({ scheme: config.https ? "https" : "http", host, port });
  }

  #allowedOrigins(): Allowed["origins"] {
    const { config, port } = this.#options;
    const local = this.#localName === null ? [] : [this.#localName];
    const { addresses, names } = this.#machine;
    const hosts = isWildcard(config.host) ? [] : [config.host];
    return allowedFor({
      host: boundHost(config),
      port,
      addresses,
      names: [...names, ...local, ...hosts],
      scheme: config.https ? "https" : "http",
      publicUrl: config.publicUrl,
    }).origins;
  }
}

/** As it stands in a certificate: without brackets, in one spelling. */
function nameIn(host: string): string {
  const plain = host.replace(/^\[|\]$/g, "").toLowerCase();
  return canonicalAddress(plain) ?? plain;
}

/** The origin that people are told, when no server is there to ask. */
export function addressOf(config: ReachOptions["config"], port: number): string {
  return new ReachState({ config, port }).address;
}
