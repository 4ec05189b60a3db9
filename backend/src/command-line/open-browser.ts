/** Opens the page on the desktop of whoever started the server. */
import { spawn } from "node:child_process";
import { childEnvironment } from "../workspace/processes/child-environment.ts";

/** Whether a person sits at a desktop here: a terminal, a display, and no build machine. */
export function isDesktop(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  if (!process.stdout.isTTY || environment.CI || environment.SSH_CONNECTION) return false;
  return platform === "darwin" || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Opens an address in the default browser; nothing happens where that is not possible. */
export function openBrowser(address: string, platform: NodeJS.Platform): void {
  const program = platform === "darwin" ? "open" : "xdg-open";
  const display = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
    "DBUS_SESSION_BUS_ADDRESS",
  ];
  const desktop = Object.fromEntries(
    display.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const child = spawn(program, [address], {
    env: { ...childEnvironment(), ...desktop },
    stdio: "ignore",
    detached: true,
  });
  // The link stands in the terminal as well: without a browser nothing is lost.
  child.on("error", () => undefined);
  child.unref();
}
