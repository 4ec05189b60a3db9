/** `npm run clean`: removes what was built or measured; the dependencies stay. */
import { rmSync } from "node:fs";
import { packageRoot } from "./paths.mjs";

for (const folder of ["backend/dist", "frontend/dist", "coverage"]) {
  rmSync(`${packageRoot}${folder}`, { recursive: true, force: true });
}
