/** A git directory of our own, for trees alone: it obeys no settings of anybody and never collects garbage. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** No conversion of any kind: what is kept is byte for byte what lies on the disk. */
const attributes = "* -text !eol !filter !diff !merge -ident !working-tree-encoding\n";

/** What nobody wants back, for projects that do not say so themselves. Their own .gitignore wins. */
const exclude = "node_modules/\n.venv/\n__pycache__/\n.DS_Store\n";

/** For this user alone, whatever the umask says. */
const config = `[core]
	repositoryformatversion = 0
	bare = false
	filemode = true
	symlinks = true
	autocrlf = false
	safecrlf = false
	logallrefupdates = false
	sharedRepository = 0600
[gc]
	auto = 0
[maintenance]
	auto = false
`;

/** What `git init` would make, without a process and without templates. Written anew at each start. */
export async function makeGitDirectory(path: string): Promise<void> {
  for (const folder of ["objects", "refs", "info"]) {
    await mkdir(join(path, folder), { recursive: true, mode: 0o700 });
  }
  await writeFile(join(path, "config"), config, { mode: 0o600 });
  await writeFile(join(path, "info", "attributes"), attributes, { mode: 0o600 });
  await writeFile(join(path, "info", "exclude"), exclude, { mode: 0o600 });
  await writeFile(join(path, "HEAD"), "ref: refs/heads/none\n", { mode: 0o600 });
}
