/** `voxpilot pair` and `voxpilot devices`: through the running server, or on the files when none runs. */
import { DeviceStore } from "../access/devices.ts";
import { PairingCodes } from "../access/pairing.ts";
import type { Config } from "../config.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import { type AccessControl, localAccess } from "./access-control.ts";
import type { Command } from "./arguments.ts";
import { bannerText } from "./banner.ts";
import { connectToServer } from "./control-socket.ts";
import { addressOf } from "./listen.ts";
import { holdStateFolder, prepareStateFolder, StateFolderHeld } from "./state-folder.ts";

type AccessCommand = Extract<Command, { type: "pair" | "devices_list" | "devices_add" | "devices_revoke" }>;

/** Does it and writes the outcome to `print`; resolves to the exit code. */
export async function runAccessCommand(
  command: AccessCommand,
  config: Config,
  print: (text: string) => void,
): Promise<number> {
  await prepareStateFolder(config.stateDirectory);
  return withAccess(config, (access) => perform(command, access, print));
}

async function perform(
  command: AccessCommand,
  access: AccessControl,
  print: (text: string) => void,
): Promise<number> {
  switch (command.type) {
    case "pair": {
      const { address, bound, ...code } = await access.createCode();
      const isTerminal = process.stdout.isTTY === true;
      print(await bannerText({ address, bound, code, demoProject: null, isTerminal }));
      return 0;
    }
    case "devices_list": {
      const devices = await access.listDevices();
      for (const device of devices) {
        print(
          `${device.id}  ${device.rights.padEnd(7)}  ${device.lastSeenAt ?? "never seen".padEnd(24)}  ${device.name}\n`,
        );
      }
      if (devices.length === 0) print("No device is paired yet. Make a code: npx voxpilot pair\n");
      return 0;
    }
    case "devices_add": {
      const { device, token } = await access.addDevice(command.name);
      print(command.isJson ? `${JSON.stringify({ id: device.id, token })}\n` : addedText(device.name, token));
      return 0;
    }
    case "devices_revoke": {
      const isRevoked = await access.revokeDevice(command.id);
      print(isRevoked ? "Signed out.\n" : `There is no device ${command.id}. See npx voxpilot devices.\n`);
      return isRevoked ? 0 : 1;
    }
  }
}

function addedText(name: string, token: string): string {
  return `Added ${name}. Its token, shown this once:\n${token}\nSend it as “Authorization: Bearer …”.\n`;
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
    const [devices, pairing] = await Promise.all([DeviceStore.open(place), PairingCodes.open(place)]);
    return await work(
      localAccess({ devices, pairing, address: () => addressOf(config, config.port), bound: null }),
    );
  } finally {
    await release();
  }
}
