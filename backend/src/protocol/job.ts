/** Commands that go on in the background, for whoever looks after them. */
import * as z from "zod";

/** One that runs now. */
export const BackgroundJob = z
  .object({
    jobId: z.string(),
    command: z.string(),
    /** As people know it: relative to the project. */
    cwd: z.string(),
    /** For how long it has been running. */
    runningMs: z.int().nonnegative(),
  })
  .meta({ id: "BackgroundJob" });
export type BackgroundJob = z.infer<typeof BackgroundJob>;
