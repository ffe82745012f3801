import type { MapDataset } from "@acc/core";
import { type Digits, SIDE } from "./load-digits.ts";

/** Pixels that a digit is moved by at most, in each direction. */
const FARTHEST = 2;

/** The digits as a dataset in which each is moved a little whenever it is read: the model sees more variants. */
export function movedDigits([images, labels]: Digits): MapDataset<[Float32Array, number]> {
  const pixels = images.dataSync<"float32">();
  const digits = labels.dataSync<"float32">();
  const size = SIDE ** 2;
  return {
    length: digits.length,
    get: (i) => [moved(pixels.subarray(i * size, (i + 1) * size)), digits[i] ?? Number.NaN],
  };
}

/** A copy of an image, moved at random in both directions; the new pixels are black. */
function moved(image: Float32Array): Float32Array {
  const [down, right] = [randomDistance(), randomDistance()];
  const copy = new Float32Array(image.length);
  for (let y = Math.max(down, 0); y < SIDE + Math.min(down, 0); y++) {
    const from = (y - down) * SIDE;
    const row = image.subarray(from + Math.max(-right, 0), from + SIDE - Math.max(right, 0));
    copy.set(row, y * SIDE + Math.max(right, 0));
  }
  return copy;
}

function randomDistance(): number {
  return Math.floor(Math.random() * (2 * FARTHEST + 1)) - FARTHEST;
}
