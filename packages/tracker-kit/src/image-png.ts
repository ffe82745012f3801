import { AcceleratorError, type ImageData, type LogValue } from "@acc/core/tracker";
import { encode } from "fast-png";

/** One image as a PNG file. */
export type EncodedImage = {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  readonly png: Uint8Array;
};

/** The images of a batch `[count, height, width, channels]`; one image is a batch of one. */
export function imagesOf(image: ImageData): ImageData[] {
  if (image.shape.length !== 4) return [image];
  const { data, shape } = image;
  const [count = 0, ...single] = shape;
  const size = single.reduce((product, length) => product * length, 1);
  return Array.from({ length: count }, (_, index) => ({
    data: data.slice(index * size, (index + 1) * size),
    shape: single,
  }));
}

/**
 * The caption of each image of a batch; empty if there is none.
 *
 * @param options of the call: `captions`, which some trackers had before an image had one itself.
 */
export function captionsOf(
  { caption, shape }: ImageData,
  options?: { readonly [key: string]: LogValue },
): string[] {
  const given = options?.captions;
  if (Array.isArray(given)) return given.map(String);
  if (typeof caption === "string") {
    return new Array<string>(shape.length === 4 ? (shape[0] ?? 0) : 1).fill(caption);
  }
  return Array.isArray(caption) ? caption.map(String) : [];
}

/**
 * Encodes one image as PNG. Floats are taken as 0..1, anything else as 0..255.
 *
 * @param image shape `[height, width]` or `[height, width, channels]` with 1 to 4 channels.
 * @throws {AcceleratorError} `VALUE_INVALID` for any other shape.
 */
export function encodePng({ data, shape }: ImageData): EncodedImage {
  const [height = 0, width = 0, channels = 1] = shape;
  const size = height * width * channels;
  if (shape.length < 2 || shape.length > 3 || size === 0 || channels > 4 || data.length !== size) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      "An image needs a shape [height, width] or [height, width, channels] with 1 to 4 channels; got " +
        `[${shape.join(", ")}] and ${data.length} values.`,
    );
  }
  const scale = data instanceof Float32Array ? 255 : 1;
  const bytes = Uint8Array.from(data as Float32Array, (value) => toByte(value * scale));
  return {
    ...{ width, height, channels },
    png: encode({ width, height, data: bytes, channels, depth: 8 }),
  };
}

/** A value of 0..255, rounded and limited. */
export function toByte(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), 255);
}
