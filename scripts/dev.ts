/** `npm run dev`: the server and the page, both from their sources; ends both when one ends. Options go to the server. */
import { spawn } from "node:child_process";
import { packageRoot } from "./paths.mjs";

const tsx = `${packageRoot}node_modules/tsx/dist/cli.mjs`;
const commands = [
  [tsx, "scripts/dev-frontend.ts"],
  [tsx, "watch", "--clear-screen=false", "backend/src/main.ts", ...process.argv.slice(2)],
];

const children = commands.map((command) =>
  spawn(process.execPath, command, { cwd: packageRoot, stdio: ["ignore", "inherit", "inherit"] }),
);

function stopAll(): void {
  for (const child of children) child.kill("SIGTERM");
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stopAll);
for (const child of children) {
  child.once("exit", (code) => {
    process.exitCode ||= code ?? 0;
    stopAll();
  });
}
