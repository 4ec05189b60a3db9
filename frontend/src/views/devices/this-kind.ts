/** What this device is called in a sentence. */
import { deviceKind } from "../../lib/browser/this-device.ts";
import { text } from "../../text/en.ts";

/** `phone`, `tablet` or `computer`. */
export const thisKind: string = text.devices[deviceKind()];
