/** What went wrong with a call, in words: one sentence for every code, the thing kept named where it matters. */

/** The shape of a failed call: no answer at all, or a refusal with its code. */
type FailureShape = "unreachable" | { readonly code: string; readonly detail: string };

const sentences: Readonly<Record<string, string>> = {
  not_paired: "This device is not paired.",
  device_revoked: "This device was signed out.",
  expired: "That has expired.",
  proof_needed: "Nothing was changed: it was not shown that it is you.",
  last_full_device: "This is the last device that may do everything. Give another one that right first.",
  code_unknown: "That code is not known. Check the 8 characters.",
  code_expired: "That code was used, or has expired.",
  github_not_configured: "GitHub sign-in is not set up on this machine.",
  github_not_signed_in: "Nobody is signed in with GitHub on this device.",
  github_unreachable: "The machine does not reach GitHub now.",
  forbidden: "This device may read and decide, not do this.",
  foreign_host: "VoxPilot does not answer under this address.",
  foreign_origin: "VoxPilot does not take this from another page.",
  too_large: "That is too large to send.",
  too_many_tries: "Too many tries. Wait a little.",
  not_found: "That is no longer there.",
  invalid_request: "The machine does not understand that. Check what was typed, or reload the page.",
  project_not_allowed: "That folder cannot be a project.",
  session_not_found: "This session is no longer there.",
  prompt_taken_up: "That message is already taken up.",
  busy: "The machine is at work on that. Try again in a moment.",
  queue_full: "Too much waits here already. Remove a queued message, or wait until one is taken up.",
  turn_running: "A turn still runs. Stop it or wait until it is over, then try again.",
  earlier_pairing: "It was written before this browser was paired anew. Send it again if you meant it.",
  id_reused: "That was sent before with other words.",
  permission_changed: "The question has changed meanwhile. Your decision was not applied.",
  permission_decided: "That was decided before. Your decision was not applied.",
  turn_not_running: "That turn is over.",
  set_by_environment: "This is set where the server starts. Change it there.",
  model_missing: "There is no model to be had.",
  model_failed: "The model does not answer.",
  not_saving: "Not saving: the machine's disk is full or read-only.",
  disk_full: "The machine's disk is full. Make room there, then send it again.",
  internal: "VoxPilot failed here. The server's log says where.",
};

/** The sentence for a failure. A code without one is named: what the server said about it is for its log. */
export function textOfFailure(failure: FailureShape, machine: string): string {
  if (failure === "unreachable") return `${machine} does not answer.`;
  return sentences[failure.code] ?? `${machine} did not take that (${failure.code}).`;
}

/** The same beside a field: what is in it stays. */
export function textOfFailureAtField(failure: FailureShape, machine: string): string {
  const sentence = textOfFailure(failure, machine);
  return failure === "unreachable" ? `${sentence} What you typed is kept.` : sentence;
}
