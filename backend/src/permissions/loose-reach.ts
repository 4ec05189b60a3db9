/** What a command that is not understood may do, told from the words in it: for the question's text, never for letting it run. */
import type { Reach } from "../protocol/permission.ts";

interface Sign {
  /** All of them stand in one part of the command, in any order. */
  readonly all: readonly RegExp[];
  readonly reach: readonly Reach[];
  readonly isDangerous?: true;
}

/** A program's name where a program may stand: at the start, behind a quote, a folder or a wrapper. */
function program(names: string): RegExp {
  return new RegExp(`(?:^|[\\s()\`'"/\\\\])(?:${names})(?=$|[\\s()\`'"<>])`, "i");
}

const git = program("git");
const packageManager = program(
  "npm|pnpm|yarn|bun|pip3?|pipx|uv|poetry|cargo|go|gem|bundle|composer|apt|apt-get|brew|dnf|yum|pacman|apk|snap|nix|conda",
);

const signs: readonly Sign[] = [
  {
    all: [
      program(
        "curl|wget|ssh|scp|sftp|rsync|nc|ncat|netcat|socat|telnet|ftp|ping|dig|nslookup|host|gh|glab|aws|gcloud|az|kubectl|helm|docker|podman|terraform|vercel|netlify|heroku|npx|pnpx|bunx|uvx|http|openssl",
      ),
    ],
    reach: ["uses_network"],
  },
  { all: [/:\/\/|\/dev\/(?:tcp|udp)\//i], reach: ["uses_network"] },
  { all: [git, /\b(?:fetch|pull|clone|ls-remote|submodule|remote)\b/], reach: ["uses_network"] },
  {
    all: [packageManager, /\s(?:install|i|ci|add|update|upgrade|get|sync|create|exec|dlx|link)\b/],
    reach: ["installs_packages", "uses_network"],
  },
  {
    all: [program("npm|pnpm|yarn|cargo|gem|twine|poetry|docker"), /\s(?:publish|push|upload)\b/],
    reach: ["pushes", "uses_network", "cannot_be_undone"],
    isDangerous: true,
  },
  { all: [git, /\bpush\b/], reach: ["pushes", "uses_network"] },
  {
    all: [git, /\bpush\b/, /\s-[a-z]*f|--force|--mirror|--delete|\s-d\b|\s[+:]\w/],
    reach: ["cannot_be_undone"],
    isDangerous: true,
  },
  {
    all: [git, /--hard|\bclean\b|filter-branch|filter-repo|\bexpire\b|\s-D\b|\bdrop\b|\bclear\b/],
    reach: ["deletes_files", "cannot_be_undone"],
    isDangerous: true,
  },
  { all: [program("sudo|doas|su|pkexec|runas")], reach: ["leaves_project"], isDangerous: true },
  {
    all: [program("kill|pkill|killall|systemctl|service|crontab|at|launchctl|reboot|shutdown")],
    reach: ["leaves_project"],
    isDangerous: true,
  },
  {
    all: [program("dd|mkfs|fdisk|parted|shred|mount|umount|chown|chgrp|iptables")],
    reach: ["cannot_be_undone", "writes_files"],
    isDangerous: true,
  },
  { all: [program("rm|rmdir|unlink")], reach: ["deletes_files"] },
  {
    all: [program("rm"), /\s-[a-z]*r|--recursive/i],
    reach: ["deletes_files", "cannot_be_undone"],
    isDangerous: true,
  },
  { all: [program("find"), /\s-delete\b/], reach: ["deletes_files"], isDangerous: true },
  { all: [program("mv|cp|tee|touch|mkdir|ln|install|truncate|chmod|patch")], reach: ["writes_files"] },
  { all: [/>(?!\s{0,9}(?:\/dev\/null|&\d))/], reach: ["writes_files"] },
  { all: [/(?:^|[\s"'=(])(?:~|\/(?!dev\/null\b)\w|\.\.(?:\/|\s|$))|\$HOME/], reach: ["leaves_project"] },
];

/** Every sign that is in the text, also where it only stands in a string. */
export function looseReach(command: string): { reach: Reach[]; dangerous: boolean } {
  const parts = command.split(/[;|&\n]+/);
  const found = signs.filter((sign) => parts.some((part) => sign.all.every((pattern) => pattern.test(part))));
  const runsDownload = /\b(?:curl|wget)\b/.test(command) && /\|\s{0,9}[\w/.-]{0,99}sh\b/.test(command);
  return {
    reach: found.flatMap((sign) => sign.reach),
    dangerous: runsDownload || found.some((sign) => sign.isDangerous === true),
  };
}
