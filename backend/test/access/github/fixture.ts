/** A fake GitHub that ends with the test, and the settings that lead to it. */
import { onTestFinished } from "vitest";
import type { GitHubSignInOptions } from "../../../src/access/github/github-sign-in.ts";
import { type FakeGitHub, startFakeGitHub } from "../../support/fake-github.ts";

export async function fakeGitHub(): Promise<FakeGitHub> {
  const fake = await startFakeGitHub();
  onTestFinished(() => fake.close());
  return fake;
}

/** The settings of a server whose app is registered at the fake. */
export function settingsFor(
  fake: FakeGitHub,
  more: Partial<GitHubSignInOptions["settings"]> = {},
): GitHubSignInOptions["settings"] {
  const { clientId, clientSecret, baseUrl } = fake;
  return { clientId, clientSecret, allowedLogins: [], url: baseUrl, apiUrl: `${baseUrl}/api/v3`, ...more };
}

export const neverAborted = new AbortController().signal;
