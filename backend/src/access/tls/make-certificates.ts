/** Makes certificates: an authority of this machine, and the server's own that it signs. ECDSA P-256. */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { encodeNameConstraints, isPermitted, permittedFor } from "./permitted-names.ts";

/** Both as PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

export interface Authority extends KeyAndCertificate {
  /** Domains and ranges that it may vouch for. */
  readonly permitted: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;
const authorityYears = 10;
/** Browsers take no more than 398 days, the hour before the start included. */
const serverDays = 396;
/** A phone's clock may be behind. */
const startsEarlierMs = 60 * 60 * 1000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const nameConstraints = "2.5.29.30";
const serverAuthentication = "1.3.6.1.5.5.7.3.1";

/** A new authority; it can sign servers' certificates and nothing that signs in turn. */
export async function makeAuthority(
  machine: string,
  names: readonly string[],
  now: Date,
): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const permitted = permittedFor(names);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + authorityYears);
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A number of its own: a later authority of this machine must not be taken for this one.
    name: [{ CN: [`VoxPilot ${machine} ${randomBytes(3).toString("hex")}`] }],
    keys,
    signingAlgorithm: algorithm,
    serialNumber: serialNumber(),
    notBefore: new Date(now.getTime() - startsEarlierMs),
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usages, true),
      new x509.Extension(nameConstraints, true, new Uint8Array(encodeNameConstraints(permitted))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await privateKeyPem(keys.privateKey), certificate: certificate.toString("pem"), permitted };
}

/** A certificate for the names and addresses that the authority may vouch for, and those names. */
export async function makeServerCertificate(
  authority: Authority,
  wanted: readonly string[],
  now: Date,
): Promise<KeyAndCertificate & { readonly names: readonly string[] }> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await importKey(authority.key);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const names = wanted.filter((name) => isPermitted(name, authority.permitted));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ["VoxPilot server"] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    serialNumber: serialNumber(),
    notBefore: new Date(now.getTime() - startsEarlierMs),
    notAfter: new Date(Math.min(now.getTime() + serverDays * dayMs, issuer.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([serverAuthentication]),
      new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { key: await privateKeyPem(keys.privateKey), certificate: certificate.toString("pem"), names };
}

function alternativeName(value: string): { type: "dns" | "ip"; value: string } {
  return { type: isIP(value) === 0 ? "dns" : "ip", value };
}

/** Loaded only when something is made: it takes a while. The order matters: the second needs the first in place. */
async function loadX509() {
  await import("reflect-metadata");
  // By its default: a CommonJS package has no other name for certain.
  const { default: x509 } = await import("@peculiar/x509");
  return x509;
}

/** Positive, 127 bits. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

async function privateKeyPem(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64.replaceAll(/.{64}/g, "$&\n").trim()}\n-----END PRIVATE KEY-----\n`;
}

async function importKey(pem: string) {
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
  return crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
