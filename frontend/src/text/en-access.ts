/** Sentences of who may come in: signing in, proof, devices, reach, trust and audit, and of letting the agent act alone. */
import { counted } from "./counts.ts";

export const signIn = {
  instead: "Sign in with GitHub instead",
  withGitHub: "Sign in with GitHub",
  withCode: "Sign in with a GitHub code",
  useToken: "Use a token",
  starting: "Asking GitHub for a code",
  typeThis: (place: string) => `Type this code at ${place}:`,
  copyCode: "Copy code",
  open: (place: string) => `Open ${place}`,
  goodFor: (left: string) => `Good for ${left}. This page goes on by itself.`,
  notHeard: (machine: string) => `${machine} does not answer. It is asked again.`,
  cancel: "Cancel",
  newCode: "New code",
  tryAgain: "Try again",
  token: "GitHub token",
  tokenHint: "It needs no scopes: it only says who you are. The machine keeps it sealed.",
  submitToken: "Sign in",
  signingIn: "Signing in",
  noWays: "GitHub sign-in is not set up on this machine.",
} as const;

/** Why nobody was signed in. Codes are those of a sign-in, or of a refused call. */
const signInProblems: Readonly<Record<string, string>> = {
  expired: "That code has expired.",
  denied: "It was cancelled on GitHub. Nobody was signed in.",
  device_flow_disabled:
    "The GitHub app allows no codes. Its owner can enable the device flow in the app's settings.",
  misconfigured: "GitHub does not take what this machine says of its app. Check it on the machine.",
  incorrect_client_credentials:
    "GitHub does not know this app. Check VOXPILOT_GITHUB_CLIENT_ID and the secret on the machine.",
  incorrect_device_code: "GitHub no longer knows that code. Begin again for a new one.",
  unsupported_grant_type: "This GitHub does not sign in by code. Use its page, or a token.",
  redirect_uri_mismatch:
    "The GitHub app sends people back to another address. Add this one to the app as its callback.",
  application_suspended: "GitHub has suspended this app. Its owner can ask GitHub why.",
  bad_verification_code: "That sign-in took too long, or was used before. Begin again.",
  unverified_user_email: "GitHub wants the e-mail address of that account confirmed first.",
  rate_limited: "GitHub takes no more tries now. Wait a few minutes.",
  unreachable: "The machine does not reach GitHub. Nobody was signed in.",
  failed: "GitHub did not sign you in.",
  bad_credentials: "GitHub does not take that token. Check that it is whole and not revoked.",
  machine_unreachable: "The machine does not answer. Nobody was signed in.",
  github_not_configured: signIn.noWays,
  github_state: "That sign-in was not begun in this browser, or took too long. Begin again here.",
  flow_not_found: "The machine no longer knows that code.",
};

const aliases: Readonly<Record<string, string>> = {
  login_not_allowed: "not_allowed",
  github_unreachable: "unreachable",
  github_failed: "failed",
  access_denied: "denied",
};

/** A sign-in that did not work: why, and what GitHub or the server said about it. */
interface SignInProblem {
  readonly code: string;
  readonly detail: string | null;
  readonly retryAfterSeconds: number | null;
}

/** The sentence for a sign-in that did not work. */
export function signInProblem({ code, detail, retryAfterSeconds }: SignInProblem, machine: string): string {
  if (code === "too_many_tries") return tooManyTries(retryAfterSeconds);
  const reason = aliases[code] ?? code;
  if (reason === "not_allowed") return notLetIn(detail, machine);
  // GitHub's own name for it says more than ours, where there are words for it.
  const known = detail !== null && detail in signInProblems ? detail : reason;
  const sentence = signInProblems[known] ?? signInProblems.failed ?? "";
  return known === "failed" && detail !== null ? `${sentence} It said: ${detail}.` : sentence;
}

function tooManyTries(seconds: number | null): string {
  return seconds === null ? "Too many tries. Wait a little." : `Too many tries. Wait ${seconds} s.`;
}

function notLetIn(login: string | null, machine: string): string {
  const who = login === null || login === "not_allowed" ? "That account" : login;
  return `${who} is not let in here. The owner of ${machine} can add it to VOXPILOT_GITHUB_ALLOWED_LOGINS.`;
}

export const proof = {
  title: "Show that it is you",
  why: "What you chose opens the machine to others. It goes on by itself once you have shown that it is you.",
  terminal: "On the machine, run:",
  orDevice: "Or make a code on another device that may do everything: Settings, Devices, Pair another.",
  notProven: "That sign-in shows nothing: its login is not on the list of those who are let in.",
} as const;

export const devices = {
  facts: {
    rights: "May",
    seen: "Last seen",
    address: "Address",
    login: "GitHub",
    paired: "Paired",
  },
  unknownAddress: "unknown",
  rightsLines: {
    full: "Runs commands, changes settings, lets others in.",
    approve: "Starts sessions in Ask or Plan, writes, decides once. Changes no settings.",
    read: "Sees everything but settings. Changes nothing.",
  },
  ownRights: "Another device that may do everything can limit this one.",
  pairWhat: "What may the other device do?",
  pairRights: (rights: string) => `It may: ${rights}`,
  nowPaired: (name: string, rights: string) => `${name} is paired: ${rights}.`,
  proofFirst: "Asks first that you show that it is you.",
  codeOver: "That code has expired.",
  newCode: "New code",
  revokeOthers: (count: number) =>
    count === 1 ? "Sign out the other device" : `Sign out ${count} other devices`,
  revokeOthersHint: (names: string, count: number) =>
    count === 1 ? `${names} is signed out at once.` : `${names} are signed out at once.`,
  signingOut: "Signing out",
  leave: (kind: string) => `Sign out this ${kind}`,
  leaveHint: (kind: string, machine: string) =>
    `This ${kind} forgets ${machine}; drafts are kept. To come in again it needs a new code.`,
  notAllowed: (kind: string, rights: string) =>
    rights === "read"
      ? `This ${kind} may read, not change settings.`
      : `This ${kind} may read and decide, not change settings.`,
} as const;

export const gitHub = {
  loading: "Asking GitHub",
  signedInAs: "Signed in on this device",
  nobody: "Nobody is signed in with GitHub on this device.",
  unknown: "The machine does not reach GitHub now.",
  signOut: "Sign out of GitHub",
  signOutHint: (kind: string, machine: string) =>
    `A ${kind} that came in with GitHub is signed out of ${machine} with it. One that was paired by a code stays.`,
  usedFor: "What it is used for",
  uses: [
    "Letting you in without a code, when your login is on the machine's list.",
    "Showing that it is you, where that is asked.",
    "The stateless chat, for programs, when your login is on that list.",
  ],
  notUsed: "It is never shown to the page, put into a log, or handed to what the agent runs.",
  setUp: "To set it up, start VoxPilot with these, from a GitHub OAuth app of your own:",
  setUpLines: "VOXPILOT_GITHUB_CLIENT_ID=… VOXPILOT_GITHUB_ALLOWED_LOGINS=your-login npx voxpilot",
} as const;

export const reach = {
  loading: "Asking how this machine is reached",
  addresses: "Addresses",
  https: "https",
  http: "Not encrypted",
  local: "this machine only",
  showCode: (address: string) => `QR code of ${address}`,
  thisPage: "this page",
  notEncryptedTitle: "Not encrypted",
  notEncrypted:
    "Others in this network can read along and act as you. Start VoxPilot with its own certificate:",
  httpsCommand: "npx voxpilot --lan --https",
  thenTrust: "Then open /trust on this device, once.",
  trustThis: "How devices trust this machine",
  trustLine: "Install its certificate authority, once for each device",
  settings: "How it was started",
  startedHint:
    "Set where VoxPilot is started, by an option, a variable or config.json. Not to be changed here.",
  lan: "On the network",
  ownHttps: "Its own https",
  publicUrl: "Public address",
  proxies: "Trusted proxies",
  localName: "Local name",
  yes: "yes",
  no: "no",
  none: "none",
  missing: "On this device",
  abilities: { install: "Installing", notifications: "Notifications", microphone: "Microphone" },
  lacks: {
    ready: "Nothing is missing.",
    installed: "It is installed.",
    needs_https: "Needs https. Start VoxPilot with --https, then open /trust here.",
    install_ios: "Share, then Add to Home Screen.",
    install_menu: "In the browser's menu: Install, or Add to Home Screen.",
    install_never: "This browser installs no pages. Use Chrome, Edge or Safari.",
    notify_ios: "Add it to the Home Screen first: Share, then Add to Home Screen.",
    notify_denied: "Refused for this address. Allow it in the browser's site settings.",
    notify_never: "This browser has none. Use another one.",
    microphone_never: "This browser gives no page a microphone. Use another one.",
  },
} as const;

export const trust = {
  title: (machine: string) => `Trust ${machine}`,
  why: (machine: string) =>
    `${machine} makes its own certificates, so this connection is private once your device knows who signs them. Do this once for each device.`,
  compare: "Compare this fingerprint with the one in the terminal. If a single character differs, stop.",
  fingerprint: "SHA-256 fingerprint",
  none: "This machine has no certificate authority. Start VoxPilot with its own https:",
  loading: "Asking for the fingerprint",
  download: "Download the certificate",
  downloadProfile: "Download the profile",
  openOver: (address: string) => `Open ${address}`,
  last: "Then",
  others: "Other systems",
  systems: {
    ios: {
      name: "iPhone and iPad",
      steps: [
        "Download the profile below in Safari, and allow it.",
        "Settings → General → VPN & Device Management → the profile → Install.",
        "Settings → General → About → Certificate Trust Settings → switch it on. Without this step nothing changes.",
      ],
    },
    android: {
      name: "Android",
      steps: [
        "Download the certificate below.",
        "Settings → Security → More security → Encryption & credentials → Install a certificate → CA certificate.",
        "Install anyway, and choose the file. Names differ a little from maker to maker.",
      ],
    },
    macos: {
      name: "macOS",
      steps: [
        "Download the certificate below and open it: Keychain Access adds it.",
        "Double-click it there, open Trust, and choose Always Trust. Firefox needs its own: Settings → Certificates → Authorities → Import.",
      ],
    },
    windows: {
      name: "Windows",
      steps: [
        "Download the certificate below and open it → Install Certificate → Current User.",
        "Place it in Trusted Root Certification Authorities. Then start the browser anew.",
      ],
    },
    linux: {
      name: "Linux",
      steps: [
        "Download the certificate below.",
        "Chrome: Settings → Privacy and security → Security → Manage certificates → Authorities → Import. Firefox: Settings → Certificates → Authorities → Import.",
      ],
    },
  },
} as const;

export const auto = {
  title: "Auto",
  bounds:
    "It edits and runs inside the project without asking, until the time is over. What leaves the project still asks.",
  ends: "Ends",
  spans: { minutes_20: "20 minutes", hour: "1 hour", today: "Today" },
  endsAt: (at: string) => `Back to Ask at ${at}.`,
  hold: "Hold to let it work alone",
  confirm: "Confirm: let it work alone",
} as const;

export const audit = {
  loading: "Reading the record",
  filter: "Show",
  everything: "Everything",
  empty: "Nothing is recorded yet.",
  noneOfKind: "Nothing of that kind is recorded.",
  older: "Older",
  export: "Export",
  chain: "Each entry is chained to the one before. Check the whole record on the machine:",
  command: "npx voxpilot audit verify",
  kinds: {
    device_paired: "Devices paired",
    device_changed: "Devices changed",
    device_revoked: "Devices signed out",
    code_made: "Codes made",
    signed_in: "Signed in with GitHub",
    signed_out: "Signed out of GitHub",
    refused: "Refused",
    proof_given: "Proof given",
    decision: "Decisions",
    grant_ended: "Grants ended",
    provider_changed: "Providers changed",
    mode_changed: "Mode changes",
    session_deleted: "Sessions deleted",
  },
  paired: (name: string, how: string, rights: string) => `${name} was paired ${how}: ${rights}`,
  pairedHow: { code: "by a code", github: "by GitHub", command_line: "on the command line" },
  changed: (name: string, rights: string) => `${name} may now: ${rights}`,
  revoked: (name: string) => `${name} was signed out`,
  codeMade: (rights: string) => `A code was made: ${rights}`,
  signedIn: (login: string, how: string) => `${login} signed in ${how}`,
  signedInHow: { web: "on GitHub's page", device: "with a GitHub code", token: "with a token" },
  signedOut: (login: string) => `${login} signed out of GitHub`,
  refused: (what: string, who: string, count: number) =>
    `Refused${count === 1 ? "" : ` ${count} times`}: ${what}${who === "" ? "" : `, ${who}`}`,
  refusedWhat: {
    code: "a code",
    sign_in: "a sign-in",
    token: "a token",
    host: "a foreign host name",
    origin: "another page",
  },
  proof: { code: "Showed that it is them, with a code", github: "Showed that it is them, with GitHub" },
  decision: (option: string) => `Decided: ${option}`,
  grants: { turn: "allowed for this turn", session: "allowed for this session" } as Readonly<
    Record<string, string>
  >,
  options: {
    allow_once: "allowed once",
    allow_always: "allowed from now on",
    reject_once: "denied",
    reject_always: "denied from now on",
  } as Readonly<Record<string, string>>,
  providerSet: (provider: string, origin: string) => `${provider} was set up at ${origin}`,
  providerRemoved: (provider: string) => `${provider} was taken away`,
  grantEnded: "Ended a permission",
  mode: (mode: string, until: string | null) => `Mode: ${mode}${until === null ? "" : ` until ${until}`}`,
  rewound: (files: number) =>
    files === 0 ? "Rewound a session" : `Rewound a session and ${counted(files, "file")}`,
  rewindUndone: (files: number) =>
    files === 0 ? "Undid a rewind" : `Undid a rewind of ${counted(files, "file")}`,
  sessionDeleted: "Deleted a session",
  actors: { command_line: "the command line", server: "VoxPilot itself", stranger: "a stranger" },
  session: "Session",
} as const;
