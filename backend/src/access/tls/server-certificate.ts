/** The certificate of `--https`, in `<state>/tls/`: made on first use, looked at anew from time to time, and renewed by itself. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import { type Authority, makeAuthority, makeServerCertificate } from "./make-certificates.ts";
import { isPermitted } from "./permitted-names.ts";

const AuthorityFile = z.object({
  version: z.literal(1),
  key: z.string(),
  certificate: z.string(),
  permitted: z.array(z.string()),
});
const ServerFile = z.object({
  version: z.literal(1),
  key: z.string(),
  certificate: z.string(),
  names: z.array(z.string()),
});
type ServerFile = z.infer<typeof ServerFile>;

/** Renewed when less than this is left. */
const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;

export interface ServerCertificateOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** The machine's name, for the authority's. */
  readonly machine: string;
  /** Names and addresses that the server is reached by, canonical. */
  readonly names: readonly string[];
  readonly now?: () => Date;
}

/** What a TLS server is given, PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** Holds the authority and the certificate in force. */
export class ServerCertificate {
  readonly #options: ServerCertificateOptions;
  #authority: Authority;
  #server: ServerFile;
  readonly #looks = new OneByOne();

  private constructor(options: ServerCertificateOptions, authority: Authority, server: ServerFile) {
    this.#options = options;
    this.#authority = authority;
    this.#server = server;
  }

  /** Reads what there is, and makes what is missing, damaged, over or not for these names. */
  static async open(options: ServerCertificateOptions): Promise<ServerCertificate> {
    const { directory, files } = options;
    await files.makeDirectory(join(directory, "tls"));
    const authority = await openAuthority(options);
    const server = await readState(files, serverPath(directory), ServerFile);
    const isGood = server !== null && isInForce(server, authority, options);
    return new ServerCertificate(options, authority, isGood ? server : await makeServer(authority, options));
  }

  get credentials(): Credentials {
    return { key: this.#server.key, cert: this.#server.certificate };
  }

  get authorityPem(): string {
    return this.#authority.certificate;
  }

  /** SHA-256 of the authority's certificate: `AB:CD:…`. */
  get fingerprint(): string {
    return new X509Certificate(this.#authority.certificate).fingerprint256;
  }

  /** When the authority ends. */
  get notAfter(): string {
    return new Date(endOf(this.#authority.certificate)).toISOString();
  }

  /** What the certificate in force is good for. */
  get names(): readonly string[] {
    return this.#server.names;
  }

  /** The names among these that the authority may not vouch for: nobody gets to see them over https without a warning. */
  outside(names: readonly string[]): readonly string[] {
    return names.filter((name) => !isPermitted(name, this.#authority.permitted));
  }

  /** Makes a new certificate when the one in force ends soon or lacks one of these names. Resolves to whether it did. */
  refresh(names: readonly string[]): Promise<boolean> {
    const look = async () => {
      const options = { ...this.#options, names };
      const authority = await openAuthority(options);
      if (
        authority.certificate === this.#authority.certificate &&
        isInForce(this.#server, authority, options)
      )
        return false;
      this.#server = await makeServer(authority, options);
      this.#authority = authority;
      return true;
    };
    return this.#looks.run(look);
  }
}

function authorityPath(directory: string): string {
  return join(directory, "tls", "authority.json");
}

function serverPath(directory: string): string {
  return join(directory, "tls", "server.json");
}

async function openAuthority({ directory, files, machine, names, now }: ServerCertificateOptions) {
  const found = await readState(files, authorityPath(directory), AuthorityFile);
  const at = now?.() ?? new Date();
  if (found !== null && isMatching(found) && endOf(found.certificate) - renewBeforeMs > at.getTime())
    return found;
  const made = await makeAuthority(machine, names, at);
  await writeState(files, authorityPath(directory), { version: 1, ...made });
  return made;
}

async function makeServer(authority: Authority, options: ServerCertificateOptions): Promise<ServerFile> {
  const { directory, files, names, now } = options;
  const made = await makeServerCertificate(authority, names, now?.() ?? new Date());
  const server: ServerFile = { version: 1, ...made, names: [...made.names] };
  await writeState(files, serverPath(directory), server);
  return server;
}

function isInForce(server: ServerFile, authority: Authority, options: ServerCertificateOptions): boolean {
  if (!isMatching(server)) return false;
  const certificate = new X509Certificate(server.certificate);
  const issuer = new X509Certificate(authority.certificate);
  const nowMs = (options.now?.() ?? new Date()).getTime();
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    Date.parse(certificate.validFrom) <= nowMs &&
    Date.parse(certificate.validTo) - renewBeforeMs > nowMs &&
    options.names
      .filter((name) => isPermitted(name, authority.permitted))
      .every((name) => isFor(certificate, name))
  );
}

/** Whether key and certificate are what they should be, and belong together. */
function isMatching({ key, certificate }: { readonly key: string; readonly certificate: string }): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    // Neither key nor certificate: like a file that is not there, it is made anew.
    return false;
  }
}

function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: "never", wildcards: false }) !== undefined;
}

function endOf(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
