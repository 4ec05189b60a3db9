/** GitHub: who is signed in on this device, signing in and out, and what the sign-in is used for. */
import type { GitHubUser } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { computed, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { gitHubUser, loadGitHubUser, signInWays, signOutOfGitHub } from "../../state/access/sign-in.ts";
import { signIn, gitHub as words } from "../../text/en-access.ts";
import { CopyLine } from "../copy-line.ts";
import { SignOutButton } from "../devices/sign-out-button.ts";
import { thisKind } from "../devices/this-kind.ts";
import { Waiting } from "../frame/waiting.ts";
import { SignIn } from "../sign-in/sign-in.ts";

export function GitHubSection(): HTMLElement {
  void loadGitHubUser();
  return h("div", { class: "settings-section" }, Who(), UsedFor());
}

function Who(): Child {
  return (): Child => {
    const user = gitHubUser.value;
    if (user === null) return Waiting(words.loading);
    if (user === "unknown") return h("p", null, words.unknown);
    return user === "nobody" ? untracked(Nobody) : SignedIn(user);
  };
}

function Nobody(): HTMLElement {
  const hasNoWay = computed(() => {
    const ways = signInWays.value;
    return ways !== null && !ways.web && !ways.device && !ways.token;
  });
  return h(
    "section",
    { class: "settings-part" },
    h("p", null, words.nobody),
    SignIn({ onDone: () => void loadGitHubUser(), label: signIn.withGitHub, next: "/settings/github" }),
    () => (hasNoWay.value ? [h("p", { class: "muted" }, words.setUp), CopyLine(words.setUpLines)] : null),
  );
}

function SignedIn({ login, name }: GitHubUser): HTMLElement {
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.signedInAs),
    h("p", { class: "settings-value", dir: "auto" }, name === null ? login : `${login} · ${name}`),
    SignOutButton({
      label: words.signOut,
      hint: words.signOutHint(thisKind, machineName()),
      signOut: signOutOfGitHub,
    }),
  );
}

function UsedFor(): HTMLElement {
  return h(
    "section",
    { class: "settings-part" },
    h("h2", { class: "section-title" }, words.usedFor),
    h(
      "ul",
      { class: "plain-list" },
      words.uses.map((use) => h("li", null, use)),
    ),
    h("p", { class: "muted" }, words.notUsed),
  );
}
