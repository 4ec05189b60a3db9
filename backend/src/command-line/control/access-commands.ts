/** `voxpilot pair` and `voxpilot devices`: through the running server, or on the files when none runs. */
import { AuditLog } from "../../access/audit/audit-log.ts";
import { DeviceStore } from "../../access/devices.ts";
import { PairingCodes } from "../../access/pairing.ts";
import type { Config } from "../../config.ts";
import type { Device } from "../../protocol/device.ts";
import { durableFiles } from "../../workspace/durable-files.ts";
import type { Command } from "../arguments.ts";
import { bannerText } from "../banner.ts";
import { plainText } from "../plain-text.ts";
import { addressOf } from "../reach/reach-state.ts";
import { demoDirectory, holdStateFolder, prepareStateFolder, StateFolderHeld } from "../state-folder.ts";
import { type AccessControl, type LimitOutcome, localAccess } from "./access-control.ts";
import { connectToServer, isListening } from "./control-socket.ts";

type AccessCommand = Extract<
  Command,
  {
    type: "pair" | "devices_list" | "devices_add" | "devices_limit" | "devices_revoke" | "devices_revoke_all";
  }
>;
type Print = (text: string) => void;

/** Does it and writes the outcome to `print`; resolves to the exit code. */
export async function runAccessCommand(
  command: AccessCommand,
  config: Config,
  print: Print,
): Promise<number> {
  const meant = await meantServer(command, config, print);
  await prepareStateFolder(meant.stateDirectory);
  return withAccess(meant, (access) => perform(command, access, print));
}

/** A code is wanted for what runs: where that is the demo alone, it is the demo's. */
async function meantServer(command: AccessCommand, config: Config, print: Print): Promise<Config> {
  const demo = { ...config, stateDirectory: demoDirectory(config.stateDirectory) };
  if (command.type !== "pair" || (await isListening(config.stateDirectory))) return config;
  if (!(await isListening(demo.stateDirectory))) return config;
  print("\n  Only the demo runs: this code is for it.\n");
  return demo;
}

async function perform(command: AccessCommand, access: AccessControl, print: Print): Promise<number> {
  switch (command.type) {
    case "pair": {
      const { address, bound, ...code } = await access.createCode(command.rights);
      const isTerminal = process.stdout.isTTY === true;
      print(await bannerText({ address, bound, code, isTerminal }));
      return 0;
    }
    case "devices_list":
      print(devicesText(await access.listDevices()));
      return 0;
    case "devices_add": {
      const { device, token } = await access.addDevice({ name: command.name, rights: command.rights });
      print(
        command.isJson
          ? `${JSON.stringify({ id: device.id, token })}\n`
          : addedText(plainText(device.name), token),
      );
      return 0;
    }
    case "devices_limit": {
      const outcome = await access.limitDevice(command.id, command.rights);
      print(limitedText(outcome, command.id));
      return outcome.type === "changed" ? 0 : 1;
    }
    case "devices_revoke": {
      const isRevoked = await access.revokeDevice(command.id);
      print(isRevoked ? `Signed out.\n${await ownerText(access)}` : unknownText(command.id));
      return isRevoked ? 0 : 1;
    }
    case "devices_revoke_all": {
      const revoked = await access.revokeAllDevices();
      print(`Signed out: ${revoked.length}.\n${await ownerText(access)}`);
      return 0;
    }
  }
}

/** One line a device: id, rights, last seen, address, login, name. */
function devicesText(devices: readonly Device[]): string {
  if (devices.length === 0) return "No device is paired yet. Make a code: npx voxpilot pair\n";
  const rows = devices.map((device) => [
    device.id,
    device.rights,
    device.lastSeenAt ?? "never seen",
    device.lastAddress ?? "-",
    device.login ?? "-",
    plainText(device.name),
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function addedText(name: string, token: string): string {
  return `Added ${name}. Its token, shown this once:\n${token}\nSend it as “Authorization: Bearer …”.\n`;
}

function limitedText(outcome: LimitOutcome, id: string): string {
  switch (outcome.type) {
    case "changed":
      return `${plainText(outcome.device.name)}: ${outcome.device.rights}.\n`;
    case "unknown":
      return unknownText(id);
    case "last_full_device":
      return "It is the only device with full rights. Give them to another one first, or sign it out.\n";
  }
}

function unknownText(id: string): string {
  return `There is no device ${id}. See npx voxpilot devices.\n`;
}

/** Nobody is locked out without being told the way back in. */
async function ownerText(access: AccessControl): Promise<string> {
  const devices = await access.listDevices();
  if (devices.some((device) => device.rights === "full")) return "";
  return "No device with full rights is left. Make a code for one: npx voxpilot pair\n";
}

async function withAccess<Result>(
  config: Config,
  work: (access: AccessControl) => Promise<Result>,
): Promise<Result> {
  const running = await connectToServer(config.stateDirectory);
  if (running !== null) return work(running);
  try {
    return await withFiles(config, work);
  } catch (error) {
    // A server was just starting: by now it answers.
    const started = error instanceof StateFolderHeld ? await connectToServer(config.stateDirectory) : null;
    if (started === null) throw error;
    return work(started);
  }
}

async function withFiles<Result>(
  config: Config,
  work: (access: AccessControl) => Promise<Result>,
): Promise<Result> {
  const release = await holdStateFolder(config.stateDirectory);
  try {
    const place = { directory: config.stateDirectory, files: durableFiles };
    const [devices, pairing, audit] = await Promise.all([
      DeviceStore.open(place),
      PairingCodes.open(place),
      AuditLog.open(place),
    ]);
    const address = () => addressOf(config, config.port);
    try {
      return await work(localAccess({ devices, pairing, audit, address, bound: null }));
    } finally {
      await audit.close();
    }
  } finally {
    await release();
  }
}
