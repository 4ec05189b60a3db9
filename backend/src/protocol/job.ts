/** Commands that go on in the background, for whoever looks after them. */
import * as z from "zod";

/** One that runs, or has ended not long ago. */
export const BackgroundJob = z
  .object({
    jobId: z.string(),
    command: z.string(),
    /** As people know it: relative to the project. */
    cwd: z.string(),
    /** So far, or from its beginning to its end. */
    runningMs: z.int().nonnegative(),
    /** Null while it runs. `stoppedBy`: who ended it; null: it ended by itself. */
    end: z
      .object({
        exitCode: z.int().nullable(),
        signal: z.string().nullable(),
        stoppedBy: z.enum(["person", "agent"]).nullable(),
      })
      .nullable(),
  })
  .meta({ id: "BackgroundJob" });
export type BackgroundJob = z.infer<typeof BackgroundJob>;

/** One with the latest that it has said, and how many characters before that are left out. */
export const BackgroundJobOutput = BackgroundJob.extend({
  output: z.string(),
  omitted: z.int().nonnegative(),
}).meta({ id: "BackgroundJobOutput" });
export type BackgroundJobOutput = z.infer<typeof BackgroundJobOutput>;
