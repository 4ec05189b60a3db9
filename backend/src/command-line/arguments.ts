/** What was typed after `voxpilot`, as one command. */
import { parseArgs } from "node:util";
import type { ConfigSources } from "../config.ts";

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
  | { readonly type: "pair" }
  | { readonly type: "devices_list" }
  | { readonly type: "devices_add"; readonly name: string; readonly isJson: boolean }
  | { readonly type: "devices_revoke"; readonly id: string }
  | { readonly type: "help" }
  | { readonly type: "version" };

/** What was typed makes no command; the message is one line with the fix. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const helpText = `voxpilot: talk to a coding agent on this machine, from any browser that you let in.

  voxpilot [folder…]        serve, with these folders as projects (default: the current one)
    --port 8000             0: any free port
    --host 127.0.0.1        beyond loopback it needs a paired device first
    --open, --no-open       open the browser, or not (default: on a desktop)
  voxpilot pair             a new one-time code for a browser
  voxpilot devices          the paired devices
  voxpilot devices add --name N [--json]
                            a token for a script
  voxpilot devices revoke ID
                            sign a device out
  voxpilot demo             a script instead of a model, on a sample project: no account, no network
  voxpilot --help, --version

Settings: VOXPILOT_* in the environment or in .env, and config.json. Models: VOXPILOT_MODELS_BASE_URL,
VOXPILOT_MODELS_API_KEY, VOXPILOT_MODEL; Ollama, LM Studio and llama.cpp on this machine are found by themselves.
`;

const options = {
  host: { type: "string" },
  port: { type: "string" },
  open: { type: "boolean" },
  name: { type: "string" },
  json: { type: "boolean" },
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
      return alone(rest, { type: "pair" });
    case "devices":
      return devicesCommand(rest, values);
    case "demo":
      return alone(rest, serveCommand("demo", [], values));
    default:
      return serveCommand("serve", positionals, values);
  }
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    // The first sentence of Node's message names the option; what follows is advice for programmers.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split(". ")[0]}. See npx voxpilot --help.`);
  }
}

function serveCommand(type: "serve" | "demo", folders: readonly string[], values: Values): Command {
  return {
    type,
    folders,
    settings: {
      ...(values.host === undefined ? {} : { host: { typed: "--host", value: values.host } }),
      ...(values.port === undefined ? {} : { port: { typed: "--port", value: values.port } }),
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
        name: values.name.trim().slice(0, 80),
        isJson: values.json ?? false,
      });
    case "revoke": {
      const [id, ...others] = more;
      if (id === undefined)
        throw new UsageError(
          "Say which device: npx voxpilot devices revoke ID (npx voxpilot devices lists them)",
        );
      return alone(others, { type: "devices_revoke", id });
    }
    default:
      throw new UsageError(
        `“devices ${action}” is unknown. Use devices, devices add --name N, or devices revoke ID.`,
      );
  }
}

function alone(rest: readonly string[], command: Command): Command {
  if (rest.length === 0) return command;
  throw new UsageError(`“${rest.join(" ")}” was not expected here. See npx voxpilot --help.`);
}
