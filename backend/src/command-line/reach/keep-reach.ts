/** Keeps the door true to the machine: follows its addresses, renews the certificate, holds the name on the network. */
import type { ServerCertificate } from "../../access/tls/server-certificate.ts";
import type { Logger } from "../../server/parts.ts";
import type { Listening } from "./listen.ts";
import type { Announcement } from "./mdns.ts";
import type { ReachState } from "./reach-state.ts";

export interface ReachKeeping {
  readonly state: ReachState;
  readonly certificate: ServerCertificate | null;
  readonly listening: Pick<Listening, "renew">;
  readonly logger: Logger;
  /** Takes a name on the network; null: none is wanted. */
  readonly announce: (() => Promise<Announcement>) | null;
  readonly now?: () => number;
}

const lookEveryMs = 60_000;
const certificateEveryMs = 12 * 60 * 60 * 1000;

/** Starts with `start`, and then looks once a minute. What it cannot do it says, and goes on. */
export class ReachKeeper {
  readonly #keeping: ReachKeeping;
  #announcement: Announcement | null = null;
  #certificateLookedAtMs: number;
  #timer: NodeJS.Timeout | null = null;
  #announcing: Promise<unknown> = Promise.resolve();

  constructor(keeping: ReachKeeping) {
    this.#keeping = keeping;
    this.#certificateLookedAtMs = this.#now();
    this.#warnOfOutsiders();
  }

  /** Begins to look, and takes the name. Resolves to the name, or to null when there is none. */
  async start(): Promise<string | null> {
    this.#timer = setInterval(() => void this.check(), lookEveryMs).unref();
    return this.#announce();
  }

  /** One look. Never rejects. */
  async check(): Promise<void> {
    const { state, certificate } = this.#keeping;
    const hasMoved = state.update();
    // Also when the clock was set back.
    const isDue = Math.abs(this.#now() - this.#certificateLookedAtMs) >= certificateEveryMs;
    if (certificate !== null && (hasMoved || isDue)) await this.#lookAtCertificate(certificate);
    if (hasMoved) {
      this.#warnOfOutsiders();
      await this.#withdraw();
      await this.#announce();
    }
  }

  /** Gives the name back. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#announcing;
    await this.#withdraw();
  }

  async #lookAtCertificate(certificate: ServerCertificate): Promise<void> {
    const { state, listening, logger } = this.#keeping;
    this.#certificateLookedAtMs = this.#now();
    const before = certificate.fingerprint;
    try {
      if (!(await certificate.refresh(state.certificateNames))) return;
      listening.renew(certificate.credentials);
      logger.info("the certificate was renewed", { names: certificate.names });
    } catch (error) {
      logger.error("the certificate cannot be renewed", { error });
    }
    if (certificate.fingerprint !== before)
      logger.warn("there is a new authority: every device must trust it anew, at /trust", {
        fingerprint: certificate.fingerprint,
      });
  }

  /** Taken after it was asked for, not before: another machine may have it. */
  #announce(): Promise<string | null> {
    const taking = this.#take();
    this.#announcing = taking;
    return taking;
  }

  async #take(): Promise<string | null> {
    const { announce, state, certificate, logger } = this.#keeping;
    if (announce === null) return null;
    try {
      this.#announcement = await announce();
    } catch (error) {
      logger.warn("no name on the local network: use the address", { error });
      return null;
    }
    const { name } = this.#announcement;
    state.setLocalName(name);
    if (certificate !== null && !certificate.names.includes(name)) await this.#lookAtCertificate(certificate);
    return name;
  }

  async #withdraw(): Promise<void> {
    const announcement = this.#announcement;
    this.#announcement = null;
    this.#keeping.state.setLocalName(null);
    await announcement
      ?.close()
      .catch((error: unknown) => this.#keeping.logger.warn("the name was not given back", { error }));
  }

  #warnOfOutsiders(): void {
    const { certificate, state, logger } = this.#keeping;
    const outside = certificate?.outside(state.certificateNames) ?? [];
    if (outside.length > 0)
      logger.warn(
        "the authority may not vouch for these; remove the folder tls in the state folder for a new one",
        {
          outside,
        },
      );
  }

  #now(): number {
    return this.#keeping.now?.() ?? Date.now();
  }
}
