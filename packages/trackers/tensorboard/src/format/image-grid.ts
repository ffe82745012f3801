import { AcceleratorError, type ImageData } from "@acc/core/tracker";
import { type EncodedImage, toByte } from "@acc/tracker-kit";
import { encode } from "fast-png";

const IMAGES_PER_ROW = 8;

/**
 * Encodes one image, or a batch as a grid of eight per row, as PNG. Floats are taken as 0..1, anything
 * else as 0..255.
 *
 * @param image shape `[height, width]`, `[height, width, channels]` or `[count, height, width, channels]`.
 * @throws {AcceleratorError} `VALUE_INVALID` for any other shape.
 */
export function encodeImages({ data, shape }: ImageData): EncodedImage {
  const [count, height, width, channels] = imageShape(shape);
  const size = height * width * channels;
  if (size === 0 || count === 0 || channels > 4 || data.length !== count * size) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `An image needs a shape [height, width], [height, width, channels] or [count, height, width, ` +
        `channels] with 1 to 4 channels; got [${shape.join(", ")}] and ${data.length} values.`,
    );
  }
  const columns = Math.min(count, IMAGES_PER_ROW);
  const rows = Math.ceil(count / columns);
  const grid = new Uint8Array(rows * height * columns * width * channels);
  const scale = data instanceof Float32Array ? 255 : 1;
  const rowLength = width * channels;
  for (let index = 0; index < count; index++) {
    const left = (index % columns) * rowLength;
    const top = Math.floor(index / columns) * height;
    for (let y = 0; y < height; y++) {
      const source = index * size + y * rowLength;
      const target = (top + y) * columns * rowLength + left;
      for (let x = 0; x < rowLength; x++)
        grid[target + x] = toByte((data[source + x] ?? 0) * scale);
    }
  }
  const [gridWidth, gridHeight] = [columns * width, rows * height];
  const png = encode({ width: gridWidth, height: gridHeight, data: grid, channels, depth: 8 });
  return { width: gridWidth, height: gridHeight, channels, png };
}

function imageShape(shape: readonly number[]): [number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = shape;
  if (shape.length === 2) return [1, a, b, 1];
  if (shape.length === 3) return [1, a, b, c];
  return shape.length === 4 ? [a, b, c, d] : [0, 0, 0, 0];
}
