/** How commands reach a running server: one line of JSON each way, over a socket that only this user can open. */
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { Device, DeviceName, DeviceRights } from "../../protocol/device.ts";
import { type AccessControl, LimitOutcome, NewCode, NewDevice } from "./access-control.ts";

const ControlRequest = z.discriminatedUnion("command", [
  z.object({ command: z.literal("create_code"), rights: DeviceRights }),
  z.object({ command: z.literal("list_devices") }),
  z.object({ command: z.literal("add_device"), name: DeviceName, rights: DeviceRights }),
  z.object({ command: z.literal("limit_device"), id: z.string(), rights: DeviceRights }),
  z.object({ command: z.literal("revoke_device"), id: z.string() }),
  z.object({ command: z.literal("revoke_all_devices") }),
]);
type ControlRequest = z.infer<typeof ControlRequest>;

const ControlAnswer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("result"), result: z.unknown() }),
  z.object({ type: z.literal("failure"), message: z.string() }),
]);
type ControlAnswer = z.infer<typeof ControlAnswer>;

/** Unix has room for about this many bytes in a socket's path. */
const maxPathBytes = 100;
const answerTimeoutMs = 5_000;

/** Where the socket of a state folder lies: in it, or, when that path is too long for a socket, in a folder of its own. */
export function controlSocketPath(stateDirectory: string): string {
  const path = join(stateDirectory, "control.sock");
  if (Buffer.byteLength(path) <= maxPathBytes) return path;
  const name = createHash("sha256").update(path).digest("hex").slice(0, 16);
  return join(tmpdir(), `voxpilot-${process.getuid?.() ?? "user"}-${name}`, "control.sock");
}

export interface ControlServer {
  /** Stops listening and removes the socket. */
  close(): Promise<void>;
}

/** Listens for commands. Call it only while holding the state folder: a socket that is there is taken to be left over. */
export async function openControlSocket(
  stateDirectory: string,
  access: AccessControl,
): Promise<ControlServer> {
  const path = controlSocketPath(stateDirectory);
  await ownFolder(dirname(path));
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    serveConnection(socket, access);
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(dirname(path) === stateDirectory ? path : dirname(path), { recursive: true, force: true });
    },
  };
}

/** In the folder for temporary files somebody else could have made it first. */
async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await stat(path);
  const isOurs = found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (!isOurs)
    throw new Error(
      `${path} is open to other users. Remove it, or set VOXPILOT_STATE_DIR to a shorter path.`,
    );
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

function serveConnection(socket: Socket, access: AccessControl): void {
  // A client that goes away before its answer is no failure of ours.
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).on("line", async (line) => {
    const answer = await answerLine(line, access);
    socket.write(`${JSON.stringify(answer)}\n`);
  });
}

async function answerLine(line: string, access: AccessControl): Promise<ControlAnswer> {
  try {
    return { type: "result", result: await perform(ControlRequest.parse(JSON.parse(line)), access) };
  } catch (error) {
    return { type: "failure", message: error instanceof Error ? error.message : String(error) };
  }
}

function perform(request: ControlRequest, access: AccessControl): Promise<unknown> {
  switch (request.command) {
    case "create_code":
      return access.createCode(request.rights);
    case "list_devices":
      return access.listDevices();
    case "add_device":
      return access.addDevice(request);
    case "limit_device":
      return access.limitDevice(request.id, request.rights);
    case "revoke_device":
      return access.revokeDevice(request.id);
    case "revoke_all_devices":
      return access.revokeAllDevices();
  }
}

/** The running server's access control, or null when none listens there. */
export async function connectToServer(stateDirectory: string): Promise<AccessControl | null> {
  if (!(await isListening(stateDirectory))) return null;
  const ask = <Result>(request: ControlRequest, schema: z.ZodType<Result>) =>
    askServer(stateDirectory, request, schema);
  return {
    createCode: (rights) => ask({ command: "create_code", rights }, NewCode),
    listDevices: () => ask({ command: "list_devices" }, z.array(Device)),
    addDevice: (entry) => ask({ command: "add_device", ...entry }, NewDevice),
    limitDevice: (id, rights) => ask({ command: "limit_device", id, rights }, LimitOutcome),
    revokeDevice: (id) => ask({ command: "revoke_device", id }, z.boolean()),
    revokeAllDevices: () => ask({ command: "revoke_all_devices" }, z.array(Device)),
  };
}

/** Whether a server answers on the socket of this state folder. */
export async function isListening(stateDirectory: string): Promise<boolean> {
  const socket = await connect(stateDirectory).catch(() => null);
  socket?.destroy();
  return socket !== null;
}

async function askServer<Result>(
  stateDirectory: string,
  request: ControlRequest,
  schema: z.ZodType<Result>,
): Promise<Result> {
  const socket = await connect(stateDirectory);
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    const answer = ControlAnswer.parse(JSON.parse(await firstLine(socket)));
    if (answer.type === "failure") throw new Error(`The running server could not do it: ${answer.message}`);
    return schema.parse(answer.result);
  } finally {
    socket.destroy();
  }
}

function connect(stateDirectory: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(controlSocketPath(stateDirectory));
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(answerTimeoutMs, () => reject(new Error("The running server does not answer.")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The running server closed the connection.")));
    createInterface({ input: socket }).once("line", resolve);
  });
}
