// @vitest-environment happy-dom
/** What the working line says of a stop, and what it offers. */
import { signal } from "@preact/signals-core";
import { expect, test, vi } from "vitest";
import { h } from "../../src/lib/dom.ts";
import type { StopRequest, StopWay } from "../../src/state/session/turn-stop.ts";
import { StopButtons, stopLine } from "../../src/views/composer/stop-button.ts";
import type { SessionContext } from "../../src/views/session/session-context.ts";

const now = Date.now();
const request = (phase: StopRequest["phase"], ageMs: number, how: StopWay = "stop"): StopRequest => ({
  turnId: "t1",
  how,
  at: now - ageMs,
  phase,
});

function lineOf(stopping: StopRequest | null) {
  const pressed: StopWay[] = [];
  const session = {
    stopping: signal(stopping),
    stop: async (how: StopWay) => {
      pressed.push(how);
      return null;
    },
  };
  const element = h(
    "div",
    null,
    StopButtons({ session } as unknown as SessionContext, () => true),
  );
  return { button: element.querySelector("button"), pressed };
}

test.each([
  [request("sent", 1000), "Stopping…", "Stop"],
  [request("heard", 1000), "Stopping…", "Stop"],
  [request("heard", 6000), "Still stopping npm test", "Kill"],
  [request("heard", 1000, "kill"), "Killing npm test", "Stop"],
  [request("heard", 6000, "kill"), "Still stopping npm test", "Kill"],
  [request("sent", 6000), "localhost has not heard the stop yet", "Try again"],
  [request("unreached", 0), "localhost has not heard the stop yet", "Try again"],
] as const)("a stop (%o) is told as “%s”, and offers %s", (stopping, line, label) => {
  expect(stopLine(stopping, "npm test")).toBe(line);
  expect(lineOf(stopping).button?.textContent).toBe(label);
});

test("Kill kills, and Try again asks for what was asked for", async () => {
  for (const [stopping, way] of [
    [request("heard", 6000), "kill"],
    [request("unreached", 0), "stop"],
    [request("unreached", 0, "kill"), "kill"],
  ] as const) {
    const { button, pressed } = lineOf(stopping);
    button?.click();
    await vi.waitFor(() => expect(pressed).toEqual([way]));
  }
});
