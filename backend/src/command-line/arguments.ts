/** What was typed after `voxpilot`, as one command. */
import { parseArgs } from "node:util";
import type { ConfigSources } from "../config.ts";
import { DeviceName, DeviceRights } from "../protocol/device.ts";

/** Options that are settings go on to the configuration, under the name that was typed. */
type SettingOptions = ConfigSources["options"];

export type Command =
  | {
      readonly type: "serve" | "demo";
      /** As typed. */
      readonly folders: readonly string[];
      readonly settings: SettingOptions;
      /** null: on a desktop with a person at it. */
      readonly opensBrowser: boolean | null;
    }
  | { readonly type: "pair"; readonly rights: DeviceRights }
  | { readonly type: "devices_list" }
  | {
      readonly type: "devices_add";
      readonly name: string;
      readonly rights: DeviceRights;
      readonly isJson: boolean;
    }
  | { readonly type: "devices_limit"; readonly id: string; readonly rights: DeviceRights }
  | { readonly type: "devices_revoke"; readonly id: string }
  | { readonly type: "devices_revoke_all" }
  | { readonly type: "audit_verify" | "audit_export" }
  | { readonly type: "help" }
  | { readonly type: "version" };

/** What was typed makes no command; the message is one line with the fix. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const helpText = `voxpilot: talk to a coding agent on this machine, from any browser that you let in.

  voxpilot [folder…]        serve, with these folders as projects (default: the current one, if it is one)
    --port 8000             0: any free port
    --host 127.0.0.1        beyond loopback it needs a paired device first
    --lan                   let other devices on the network in, by the code that is printed
    --https                 encrypted, with a certificate made on this machine
    --open, --no-open       open the browser, or not (default: on a desktop)
  voxpilot pair [--rights full|approve|read]
                            a new one-time code for a browser
  voxpilot devices          the paired devices: id, rights, last seen, address, GitHub login, name
  voxpilot devices add --name N [--rights R] [--json]
                            a token for a script
  voxpilot devices limit ID full|approve|read
                            what a device may do
  voxpilot devices revoke ID|--all
                            sign a device out at once, or all
  voxpilot audit verify     checks the record of who came in and who decided what
  voxpilot audit export     writes it out, one JSON entry a line
  voxpilot demo             a script instead of a model, on a sample project: no account, no network
  voxpilot --help, --version

Settings: VOXPILOT_* in the environment or in .env, and config.json. Models: VOXPILOT_MODELS_BASE_URL,
VOXPILOT_MODELS_API_KEY, VOXPILOT_MODEL; Ollama, LM Studio and llama.cpp on this machine are found by themselves.
`;

const options = {
  host: { type: "string" },
  port: { type: "string" },
  lan: { type: "boolean" },
  https: { type: "boolean" },
  open: { type: "boolean" },
  name: { type: "string" },
  json: { type: "boolean" },
  rights: { type: "string" },
  all: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { type: "help" };
  if (values.version) return { type: "version" };
  const [first, ...rest] = positionals;
  switch (first) {
    case "pair":
      return alone(rest, { type: "pair", rights: rightsOf(values.rights ?? "full") });
    case "devices":
      return devicesCommand(rest, values);
    case "audit":
      return auditCommand(rest);
    case "demo":
      return alone(rest, serveCommand("demo", [], values));
    default:
      return serveCommand("serve", positionals, values);
  }
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: idsAsWords(args), options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    // The first sentence of Node's message names the option; what follows is advice for programmers.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split(". ")[0]}. See npx voxpilot --help.`);
  }
}

/** Ids of twelve characters were made of base64url once: one that begins with a dash is no option. */
const earlierId = /^-[A-Za-z0-9_-]{11}$/;

/** What lies behind `--` is never an option. */
function idsAsWords(args: readonly string[]): string[] {
  const [command, action, id, ...rest] = args;
  const takesId = command === "devices" && (action === "revoke" || action === "limit");
  if (!takesId || id === undefined || !earlierId.test(id)) return [...args];
  return [command, action, "--", id, ...rest];
}

function serveCommand(type: "serve" | "demo", folders: readonly string[], values: Values): Command {
  if (values.lan && values.host !== undefined)
    throw new UsageError("--lan listens on every address: give --lan or --host, not both.");
  return {
    type,
    folders,
    settings: {
      ...(values.host === undefined ? {} : { host: { typed: "--host", value: values.host } }),
      ...(values.port === undefined ? {} : { port: { typed: "--port", value: values.port } }),
      ...(values.lan === undefined ? {} : { lan: { typed: "--lan", value: values.lan } }),
      ...(values.https === undefined ? {} : { https: { typed: "--https", value: values.https } }),
    },
    opensBrowser: values.open ?? null,
  };
}

function devicesCommand(rest: readonly string[], values: Values): Command {
  const [action = "list", ...more] = rest;
  switch (action) {
    case "list":
      return alone(more, { type: "devices_list" });
    case "add":
      if (values.name === undefined || values.name.trim() === "")
        throw new UsageError("Give the device a name: npx voxpilot devices add --name laptop");
      return alone(more, {
        type: "devices_add",
        name: nameOf(values.name),
        rights: rightsOf(values.rights ?? "full"),
        isJson: values.json ?? false,
      });
    case "limit": {
      const [id, rights, ...others] = more;
      if (id === undefined || rights === undefined)
        throw new UsageError("Say which device and what it may do: npx voxpilot devices limit ID read");
      return alone(others, { type: "devices_limit", id, rights: rightsOf(rights) });
    }
    case "revoke": {
      if (values.all === true) return alone(more, { type: "devices_revoke_all" });
      const [id, ...others] = more;
      if (id === undefined)
        throw new UsageError(
          "Say which device: npx voxpilot devices revoke ID (npx voxpilot devices lists them)",
        );
      return alone(others, { type: "devices_revoke", id });
    }
    default:
      throw new UsageError(
        `“devices ${action}” is unknown. Use devices, devices add --name N, devices limit ID RIGHTS, or devices revoke ID.`,
      );
  }
}

function nameOf(typed: string): string {
  const name = DeviceName.safeParse(typed.trim().slice(0, 80));
  if (name.success) return name.data;
  throw new UsageError("A device's name has no characters that cannot be seen.");
}

function rightsOf(typed: string): DeviceRights {
  const rights = DeviceRights.safeParse(typed);
  if (rights.success) return rights.data;
  throw new UsageError(`“${typed}” are no rights. Use full, approve or read.`);
}

function auditCommand([action, ...rest]: readonly string[]): Command {
  switch (action) {
    case "verify":
      return alone(rest, { type: "audit_verify" });
    case "export":
      return alone(rest, { type: "audit_export" });
    default:
      throw new UsageError("Say what to do: npx voxpilot audit verify, or npx voxpilot audit export");
  }
}

function alone(rest: readonly string[], command: Command): Command {
  if (rest.length === 0) return command;
  throw new UsageError(`“${rest.join(" ")}” was not expected here. See npx voxpilot --help.`);
}
