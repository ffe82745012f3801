/** The values of `vectors/calls.json`, which stand for Python objects, as the values that a JavaScript user would log. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

// The one copy that @acc/core sees: its tensors are ours.
const requireFromCore = createRequire(new URL("../../../core/package.json", import.meta.url));
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** JSON with whole numbers beyond 2^53 as `{"$":"bigint"}`, which JSON.parse would round. */
export function parseExactly(text: string): unknown {
  return JSON.parse(
    text.replaceAll(/(:\s*)(-?\d{16,})(?=\s*[,}\]])/g, '$1{"$":"bigint","v":"$2"}'),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of a recorded call
type Recorded = any;

export function decodeValue(value: Recorded): Recorded {
  if (Array.isArray(value)) return value.map(decodeValue);
  if (value === null || typeof value !== "object") return value;
  const decode = decoders[value.$];
  if (decode) return decode(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeValue(item)]));
}

const decoders: { readonly [kind: string]: (value: Recorded) => unknown } = {
  bigint: ({ v }) => BigInt(v),
  float: ({ v }) => Number(v),
  string: ({ v }) => v,
  path: ({ v }) => v,
  numpy: ({ data }) => data, // a NumPy scalar is what JavaScript calls a number or a boolean
  tensor: ({ data, shape, dtype }) =>
    requireFromCore("@tensorflow/tfjs").tensor(data, shape, dtype === "int64" ? "int32" : dtype),
  tuple: ({ items }) => items.map(decodeValue),
  image: ({ height, width, channels, seed }) => {
    const data = new Uint8Array(height * width * channels);
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++, at++) data[at] = y * 60 + x * 40 + c * 20 + seed * 10;
    return { data, shape: [height, width, channels] };
  },
  // Both layouts of the recorded batches become ours: count, height, width, channels.
  batch: ({ images, dtype }) => stack(images.map(decodeValue), dtype),
  figure: () => writeAt("figure.png", Buffer.from(PIXEL, "base64")),
  file: ({ name, text }) => writeAt(name, text),
  dir: ({ name, files }) => {
    for (const [path, text] of Object.entries<string>(files)) writeAt(join(name, path), text);
    return resolve(name);
  },
};

type Image = { readonly data: Uint8Array; readonly shape: readonly number[] };

/** One batch of images of one size. */
export function stack(
  images: readonly Image[],
  dtype = "uint8",
): { data: Uint8Array | Float32Array; shape: number[] } {
  const bytes = Uint8Array.from(images.flatMap(({ data }) => [...data]));
  const data = dtype === "float32" ? Float32Array.from(bytes, (byte) => byte / 255) : bytes;
  return { data, shape: [images.length, ...(images[0]?.shape ?? [])] };
}

function writeAt(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, content);
  return resolve(path);
}
