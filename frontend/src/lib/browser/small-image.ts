/** Makes a picture small enough for a model: upright, at most 1568 px, without what a camera writes beside it. */

export interface SmallImage {
  readonly mimeType: "image/jpeg" | "image/png";
  /** Base64 of the file. */
  readonly data: string;
  readonly bytes: number;
}

/** No model looks at more than this. */
const longestSidePixels = 1568;
/** A JPEG is made coarser until it is under this; a PNG over it becomes a JPEG. */
const wantedBytes = 450_000;
const qualities = [0.85, 0.7, 0.55, 0.4] as const;

/** The picture, drawn anew; null: this browser cannot read it. */
export async function makeSmallImage(file: Blob): Promise<SmallImage | null> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (picture === null) return null;
  try {
    return await encode(draw(picture), file.type === "image/jpeg" ? "image/jpeg" : "image/png");
  } finally {
    picture.close();
  }
}

/** Width and height of what is at most so long, in whole pixels and never none. */
export function fitted(size: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
} {
  const scale = Math.min(1, longestSidePixels / Math.max(size.width, size.height));
  return {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}

function draw(picture: ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const { width, height } = fitted(picture);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser draws nothing.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

/** Screens stay PNG as long as that is small: letters are sharp in it. */
async function encode(canvas: HTMLCanvasElement, type: SmallImage["mimeType"]): Promise<SmallImage | null> {
  if (type === "image/png") {
    const whole = await blobOf(canvas, type);
    if (whole !== null && whole.size <= wantedBytes) return await packed(whole, type);
    opaque(canvas);
  }
  let last: Blob | null = null;
  for (const quality of qualities) {
    last = await blobOf(canvas, "image/jpeg", quality);
    if (last === null || last.size <= wantedBytes) break;
  }
  return last === null ? null : await packed(last, "image/jpeg");
}

/** A JPEG has no holes: what shines through would become black. */
function opaque(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function blobOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

async function packed(blob: Blob, mimeType: SmallImage["mimeType"]): Promise<SmallImage> {
  return { mimeType, data: await base64Of(blob), bytes: blob.size };
}

function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = typeof reader.result === "string" ? reader.result : "";
      resolve(address.slice(address.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error("The picture cannot be read."));
    reader.readAsDataURL(blob);
  });
}
