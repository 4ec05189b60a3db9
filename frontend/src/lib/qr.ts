/** A QR code as SVG: dark modules on light, whatever the theme, with the quiet zone that scanners need. */
import { encode } from "uqr";
import { svg } from "./dom.ts";

/** The code of `content`, named `label`. */
export function QrCode(content: string, label: string): SVGSVGElement {
  const { data, size } = encode(content, { ecc: "M", border: 3 });
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  return svg(
    "svg",
    { class: "qr-code", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label },
    svg("path", { d: path }),
  );
}
