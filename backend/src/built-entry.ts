/** What `voxpilot` runs once it is built: the bundle beside it. */
import { join } from "node:path";
import { compileBundle, runBundle } from "./built-program.ts";

/** The bundle's file name, which the build puts in. */
declare const builtBundle: string;

const bundle = join(import.meta.dirname, builtBundle);
runBundle(compileBundle(bundle), bundle);
