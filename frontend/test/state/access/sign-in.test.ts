// @vitest-environment happy-dom
/** Why nobody was signed in, from an address and from a refused call, and in words. */
import { expect, test } from "vitest";
import type { Failure } from "../../../src/api/types.ts";
import { problemOf, refusedSignIn, webSignInAddress } from "../../../src/state/access/sign-in.ts";
import { signInProblem } from "../../../src/text/en-access.ts";

function wordsFor(search: string): string | null {
  const problem = refusedSignIn(search);
  return problem === null ? null : signInProblem(problem, "studio");
}

test("an address says why the web flow came back with nobody", () => {
  expect(
    [
      "",
      "?refused=login_not_allowed&login=octocat",
      "?refused=github_failed&reason=denied&detail=access_denied",
      "?refused=github_state",
      "?refused=github_unreachable",
      "?refused=too_many_tries&retryAfterSeconds=40",
      "?refused=something_new",
    ].map(wordsFor),
  ).toEqual([
    null,
    "octocat is not let in here. The owner of studio can add it to VOXPILOT_GITHUB_ALLOWED_LOGINS.",
    "It was cancelled on GitHub. Nobody was signed in.",
    "That sign-in was not begun in this browser, or took too long. Begin again here.",
    "The machine does not reach GitHub. Nobody was signed in.",
    "Too many tries. Wait 40 s.",
    "GitHub did not sign you in.",
  ]);
});

test("every reason of a sign-in has its own words", () => {
  const reasons = ["expired", "denied", "not_allowed", "device_flow_disabled", "misconfigured"];
  const more = ["rate_limited", "unreachable", "failed", "bad_credentials", "flow_not_found"];
  const sentences = [...reasons, ...more].map((code) =>
    signInProblem({ code, detail: null, retryAfterSeconds: null }, "studio"),
  );
  expect(new Set(sentences).size).toBe(10);
});

test("every error that GitHub names has its own words", () => {
  const names = [
    "incorrect_client_credentials",
    "incorrect_device_code",
    "unsupported_grant_type",
    "redirect_uri_mismatch",
    "application_suspended",
    "bad_verification_code",
    "unverified_user_email",
  ];
  const sentences = names.map((detail) =>
    signInProblem({ code: "misconfigured", detail, retryAfterSeconds: null }, "studio"),
  );
  expect(new Set(sentences).size).toBe(names.length);
  expect(sentences.filter((sentence) => sentence.includes("It said"))).toEqual([]);
});

test("a refused call says its reason, its login and how long to wait", () => {
  const refused = (code: string, data: Record<string, unknown>) =>
    ({ status: 400, code, detail: "", data }) as Exclude<Failure, "unreachable">;
  expect([
    problemOf("unreachable"),
    problemOf(refused("github_failed", { reason: "failed", detail: "bad_credentials" })),
    problemOf(refused("login_not_allowed", { login: "hubot" })),
    problemOf(refused("too_many_tries", { retryAfterSeconds: 40 })),
  ]).toEqual([
    { code: "machine_unreachable", detail: null, retryAfterSeconds: null },
    { code: "failed", detail: "bad_credentials", retryAfterSeconds: null },
    { code: "login_not_allowed", detail: "hubot", retryAfterSeconds: null },
    { code: "too_many_tries", detail: null, retryAfterSeconds: 40 },
  ]);
  expect(signInProblem({ code: "too_many_tries", detail: null, retryAfterSeconds: 40 }, "studio")).toBe(
    "Too many tries. Wait 40 s.",
  );
});

test("the web flow is told where to come back to and what this browser is called", () => {
  expect(webSignInAddress("/settings/github", "Pixel 9")).toBe(
    "/api/auth/login?next=%2Fsettings%2Fgithub&name=Pixel+9",
  );
});
