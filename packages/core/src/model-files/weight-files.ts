import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type io, util } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../errors.ts";

/**
 * The weights of a manifest, in its order: groups one after the other, the shards of each joined.
 *
 * @param modelPath of the model.json, for messages; shards are beside it.
 * @throws {AcceleratorError} `MODEL_FILE_INVALID` for a file that is missing or does not match the manifest.
 */
export async function readWeights(
  modelPath: string,
  manifest: io.WeightsManifestConfig,
): Promise<ArrayBuffer> {
  const groups = await Promise.all(manifest.map((group) => readGroup(modelPath, group)));
  const weights = new Uint8Array(groups.reduce((size, group) => size + group.byteLength, 0));
  let offset = 0;
  for (const group of groups) {
    weights.set(group, offset);
    offset += group.byteLength;
  }
  return weights.buffer;
}

async function readGroup(
  modelPath: string,
  { paths, weights }: io.WeightsManifestConfig[number],
): Promise<Uint8Array> {
  const shards = await Promise.all(paths.map((path) => readShard(modelPath, path)));
  const found = shards.reduce((size, shard) => size + shard.byteLength, 0);
  const expected = weights.reduce((size, weight) => size + bytesOf(weight), 0);
  if (Number.isNaN(expected) || found === expected) return Buffer.concat(shards);
  throw new AcceleratorError(
    "MODEL_FILE_INVALID",
    `The weights of ${modelPath} do not fit: ${paths.join(", ")} ${paths.length === 1 ? "has" : "have"} ${found} bytes, ` +
      `and the manifest says ${expected}. The file is truncated, or belongs to another model: save or copy the model again.`,
  );
}

async function readShard(modelPath: string, path: string): Promise<Uint8Array> {
  const file = join(dirname(modelPath), path);
  try {
    return await readFile(file);
  } catch (error) {
    throw new AcceleratorError(
      "MODEL_FILE_INVALID",
      `The weights of ${modelPath} cannot be read: ${messageOf(error)}. Copy all files of the model together.`,
      { cause: error },
    );
  }
}

/** NaN for strings: their length is in the data. */
function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const size = util.sizeFromShape(shape);
  if (dtype === "string") return Number.NaN;
  if (quantization) return size * (quantization.dtype === "uint8" ? 1 : 2);
  return size * (dtype === "complex64" ? 8 : dtype === "bool" ? 1 : 4);
}
