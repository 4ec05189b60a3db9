/** Everything that the HTTP edge is handed by `command-line/compose.ts`, and what travels with a request. */
import type { HttpBindings } from "@hono/node-server";
import type { AuditLog } from "../access/audit/audit-log.ts";
import type { DeviceCookieName } from "../access/cookies.ts";
import type { Authentication, DeviceStore } from "../access/devices.ts";
import type { FreshProof } from "../access/fresh-proof.ts";
import type { GitHubSignIn } from "../access/github/github-sign-in.ts";
import type { PairingCodes } from "../access/pairing.ts";
import type { Allowed } from "../access/request-guard.ts";
import type { Throttle } from "../access/throttle.ts";
import type { TrustedProxies } from "../access/trusted-proxies.ts";
import type { ModelCatalogue } from "../models/catalogue.ts";
import type { complete } from "../models/completions.ts";
import type { Reach } from "../protocol/device.ts";
import type { BackgroundJob, BackgroundJobOutput } from "../protocol/job.ts";
import type { SessionStore } from "../sessions/store/session-store.ts";
import type { FileNames } from "../workspace/files/file-names.ts";
import type { FreeSpace } from "../workspace/free-space.ts";
import type { Checkpoints } from "../workspace/git/checkpoints.ts";
import type { Projects } from "../workspace/projects.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";
import type { PersonalKeys } from "./sign-in/personal-keys.ts";
import type { StaticFiles } from "./static-files.ts";
import type { OpenStreams } from "./streams/open-streams.ts";

/** One line a message; `facts` hold no secrets. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** The machine and the address that pages are told. */
export interface ServerIdentity {
  readonly version: string;
  readonly machine: string;
  /** The origin where it is reached, such as `http://127.0.0.1:8000`. */
  readonly address: string;
  readonly isDemo: boolean;
}

/** The authority that this machine made for its own https, for people to compare and to trust. */
export interface TrustAuthority {
  /** SHA-256 of the certificate, `AB:CD:…`: the same characters in the terminal, on the page and on a phone. */
  readonly fingerprint: string;
  /** What the server's own certificate is good for: names and addresses. */
  readonly names: readonly string[];
  /** When the authority ends, as a time stamp. */
  readonly notAfter: string;
  /** The certificate, PEM. */
  readonly authorityPem: string;
}

/** What sessions have in the background, whichever engine started it. */
export interface BackgroundJobs {
  /** Those that run and those that ended last, the oldest first. */
  list(sessionId: string): readonly BackgroundJob[];
  /** One with the latest of its output, more of it than is shown; null: there is none of that name. */
  look(sessionId: string, jobId: string): BackgroundJobOutput | null;
  /** Resolves when nothing of it is alive; false: it does not run. */
  end(sessionId: string, jobId: string): Promise<boolean>;
}

/** What the routes work with; made once, at start. */
export interface ServerParts {
  readonly server: ServerIdentity;
  readonly devices: DeviceStore;
  readonly pairing: PairingCodes;
  /** Codes that strangers try. */
  readonly throttle: Throttle;
  /** Codes that devices give as proof, by the device. */
  readonly proofThrottle: Throttle;
  /** Tokens that are not known. */
  readonly tokenThrottle: Throttle;
  readonly freshProof: FreshProof;
  readonly audit: AuditLog;
  /** Takes secrets out of what is logged, shown or answered. */
  readonly redaction: Redaction;
  /** Follows the machine's addresses. */
  readonly allowed: Allowed;
  readonly proxies: TrustedProxies;
  /** Follows the machine's addresses. */
  readonly reach: Reach;
  /** null: this server does not speak https by itself. */
  readonly trust: TrustAuthority | null;
  /** null: signing in with GitHub is left out. */
  readonly gitHub: GitHubSignIn | null;
  readonly cookieName: DeviceCookieName;
  readonly sessions: SessionStore;
  readonly jobs: BackgroundJobs;
  /** Every device's event streams. */
  readonly openStreams: OpenStreams;
  readonly projects: Projects;
  readonly fileNames: FileNames;
  /** Where the user keeps commands and skills for every project; absolute. */
  readonly userFolder: string;
  readonly checkpoints: Checkpoints;
  readonly catalogue: ModelCatalogue;
  /** Answers what needs no session; `key`: of whoever is signed in with GitHub, where a provider takes that. */
  readonly modelFor: (key: string | null) => Parameters<typeof complete>[0];
  /** Of those who are signed in, for the turns of the sessions that they spoke to. */
  readonly personalKeys: PersonalKeys;
  /** Starts the scripted model and copies the sample project; both live as long as the server. */
  readonly startDemo: () => Promise<{ readonly projectPath: string; readonly model: string }>;
  readonly staticFiles: StaticFiles;
  /** Room where the state folder lies. */
  readonly freeSpace: FreeSpace;
  readonly logger: Logger;
  /** Aborted when the server stops: open streams end. */
  readonly stopping: AbortSignal;
}

/** A body that nobody has looked into. */
export interface RawBody {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly digest: string;
}

/** What a request carries beside itself, as Hono types it. */
export interface ServerEnvironment {
  // Node's own request and response; absent when the app is called without a port.
  Bindings: HttpBindings;
  // `rawBody` only where the route's body limit asks for it.
  Variables: { authentication: Authentication; rawBody: RawBody };
}
