/** Names that are never just files: those that govern tools or the agent (FS-05), and those that hold secrets (FS-13). */

/** Folders that configure or are run by programs: anything in them, at any depth of the project. */
const governingFolders = new Set([
  ".git",
  "git~1",
  ".hg",
  ".svn",
  ".jj",
  ".vscode",
  ".idea",
  ".fleet",
  ".zed",
  ".claude",
  ".cursor",
  ".gemini",
  ".codex",
  ".opencode",
  ".continue",
  ".aider",
  ".windsurf",
  ".cline",
  ".clinerules",
  ".roo",
  ".kiro",
  ".agents",
  ".voxpilot",
  ".husky",
  ".githooks",
  ".devcontainer",
  ".cargo",
  ".mise",
  ".ssh",
  ".gnupg",
]);

/** In a folder called `hooks`, these run by themselves; other files there are ordinary code. */
const gitHook =
  /^(?:(?:applypatch|pre-applypatch|post-applypatch|prepare-commit|commit)(?:-msg)?|pre-commit|pre-merge-commit|post-commit|pre-rebase|post-checkout|post-merge|pre-push|pre-receive|update|post-receive|post-update|push-to-checkout|pre-auto-gc|post-rewrite|reference-transaction|proc-receive|sendemail-validate|fsmonitor-watchman|post-index-change)$/;

const governingFiles = new Set([
  "agents.md",
  "agents.override.md",
  "claude.md",
  "claude.local.md",
  "gemini.md",
  "copilot-instructions.md",
  "skill.md",
  ".cursorrules",
  ".windsurfrules",
  ".clinerules",
  ".aider.conf.yml",
  "opencode.json",
  "opencode.jsonc",
  ".devcontainer.json",
  ".mcp.json",
  "mcp.json",
  ".envrc",
  ".gitconfig",
  ".gitmodules",
  ".gitattributes",
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  ".pypirc",
  ".bashrc",
  ".bash_profile",
  ".bash_login",
  ".bash_logout",
  ".bash_aliases",
  ".profile",
  ".zshrc",
  ".zshenv",
  ".zprofile",
  ".zlogin",
  ".zlogout",
  ".kshrc",
  ".cshrc",
  ".tcshrc",
  ".inputrc",
  ".vimrc",
  ".exrc",
  ".nvimrc",
  ".nvim.lua",
  ".lldbinit",
  ".gdbinit",
  ".pre-commit-config.yaml",
  ".pnpmfile.cjs",
  "lefthook.yml",
  "lefthook.yaml",
  "lefthook-local.yml",
  ".lefthook.yml",
  ".lefthook.yaml",
  "mise.toml",
  ".mise.toml",
  ".tool-versions",
  "sitecustomize.py",
  "usercustomize.py",
]);

const governingBelowGithub = new Set(["workflows", "actions", "instructions", "prompts", "agents", "hooks"]);

const secretFiles = new Set([
  ".npmrc",
  ".netrc",
  "_netrc",
  ".pypirc",
  ".pgpass",
  ".my.cnf",
  ".htpasswd",
  ".git-credentials",
  ".dockercfg",
  ".vault-token",
  ".boto",
  ".s3cfg",
  "credentials",
  "credentials.json",
  "credentials.yml",
  "credentials.yaml",
  "credentials.toml",
  "secrets.json",
  "secrets.yml",
  "secrets.yaml",
  "secrets.toml",
  "service-account.json",
  "master.key",
]);

const secretEndings = [
  ".pem",
  ".key",
  ".p12",
  ".pfx",
  ".jks",
  ".keystore",
  ".kdbx",
  ".ppk",
  ".asc",
  ".gpg",
  ".tfstate",
];
const secretFolders = new Set([".ssh", ".gnupg", ".aws", ".azure", ".kube", ".gcloud", ".docker"]);
/** Samples of a `.env` hold names, not values. */
const sampleEndings = [".example", ".sample", ".template", ".dist"];

/** Whether writing this path must always be asked about. Takes relative and absolute paths; case and Unicode form do not matter. */
export function isProtectedPath(path: string): boolean {
  const segments = foldedSegments(path);
  const last = segments.at(-1) ?? "";
  return (
    governingFiles.has(last) ||
    // An editor's workspace in one file: its tasks run.
    last.endsWith(".code-workspace") ||
    last === ".github" ||
    (segments.at(-2) === "hooks" && gitHook.test(last)) ||
    segments.some((segment, index) => {
      if (governingFolders.has(segment)) return true;
      return segment === ".github" && governingBelowGithub.has(segments[index + 1] ?? "");
    })
  );
}

/** Whether reading (or writing) this path must always be asked about, because of what such files hold. */
export function isSecretPath(path: string): boolean {
  const segments = foldedSegments(path);
  const last = segments.at(-1) ?? "";
  if (segments.some((segment) => secretFolders.has(segment))) return true;
  if (last === "config" && segments.at(-2) === ".git") return true;
  return isEnvironmentFile(last) || isKeyFile(last);
}

function isEnvironmentFile(name: string): boolean {
  if (sampleEndings.some((ending) => name.endsWith(ending))) return false;
  return (
    name === ".env" ||
    name.startsWith(".env.") ||
    name.startsWith(".env-") ||
    name === ".envrc" ||
    name.endsWith(".env")
  );
}

function isKeyFile(name: string): boolean {
  if (name.endsWith(".pub")) return false;
  return (
    secretFiles.has(name) ||
    /^id_[a-z0-9_-]+$/.test(name) ||
    secretEndings.some((ending) => name.endsWith(ending))
  );
}

/**
 * The names as a forgiving file system would compare them: compatibility form, without characters that some ignore,
 * without case, without the trailing dots and spaces and the `:stream` that others drop.
 */
function foldedSegments(path: string): string[] {
  return path
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Variation_Selector}]/gu, "")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .split(/[/\\]/)
    .map((segment) =>
      segment.replace(/:.*$/s, "").replace(/(?<![. ])[. ]+$/, (tail) => (tail === segment ? tail : "")),
    )
    .filter((segment) => segment !== "");
}

/** Whether a file name of the form `prefix*suffix` could be one that holds secrets. As in a shell, `*` begins no name with a dot. */
export function mayNameSecret(prefix: string, suffix: string): boolean {
  if (isSecretPath(prefix + suffix) || isSecretPath(`x${suffix}`)) return true;
  return couldBe([...secretFiles, ".env", ".env.local", "id_rsa", "id_ed25519", "id_ecdsa"], prefix, suffix);
}

/** The same for names that are protected. */
export function mayNameProtected(prefix: string, suffix: string): boolean {
  return couldBe([...governingFiles], prefix, suffix);
}

function couldBe(names: readonly string[], prefix: string, suffix: string): boolean {
  const [start, end] = [prefix.toLowerCase(), suffix.toLowerCase()];
  return names.some(
    (name) => name.startsWith(start) && name.endsWith(end) && (start !== "" || !name.startsWith(".")),
  );
}
