/** How deep and how full a JSON text from elsewhere may be, found out before it is parsed: a parser would fill memory first. Pure. */

const mostDepth = 1_000;
const mostContainers = 4_000_000;
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const mostValues = 12_000_000;

/** What is too much of this text, for people; null: nothing is. Whether it is JSON at all the parser says. */
export function excessOfJson(bytes: Uint8Array): string | null {
  let depth = 0;
  let containers = 0;
  let values = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === quote) index = endOfString(bytes, index);
    else if (byte === comma) values += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      containers += 1;
      depth += 1;
      if (depth > mostDepth) return "nested too deeply";
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  if (containers > mostContainers) return `more than ${mostContainers} objects`;
  return values > mostValues ? `more than ${mostValues} values` : null;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
}
