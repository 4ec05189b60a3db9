/** Where things lie in the package. */
import { fileURLToPath } from "node:url";

/** The package's folder, absolute, with a slash at its end. */
export const packageRoot = fileURLToPath(new URL("../", import.meta.url));

/** The product, as it is run. */
export const builtServer = `${packageRoot}backend/dist/voxpilot.js`;
