import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { AcceleratorError } from "../../errors.ts";
import { lockTarget } from "./checkpoint-lock.ts";
import { findLitter, LITTER } from "./checkpoint-names.ts";
import { textToValue } from "./checkpoint-value.ts";
import { damaged, readError } from "./file-errors.ts";
import { cleanTarget, exists } from "./litter.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { readCompleteManifest } from "./read-manifest.ts";
import type { StoredTensor } from "./stored-tensor.ts";
import { checkTensors, type ReadOptions, readTensors, type TensorFile } from "./tensor-file.ts";

/** A checkpoint in memory. Everything was compared with its sums. */
export type StoredCheckpoint = {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Whether the checkpoint has a file of this name. */
  readonly has: (path: string) => boolean;
  /**
   * The tensors of a file, in the order in which they were given to the writer.
   *
   * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` if there is no such file.
   */
  readonly tensors: (path: string) => Map<string, StoredTensor>;
  /** The metadata of a file with tensors. @throws {AcceleratorError} as `tensors` does. */
  readonly metadata: (path: string) => Readonly<Record<string, string>>;
  /** The value of a file with plain data, a new copy each time. @throws {AcceleratorError} as `tensors` does. */
  readonly json: (path: string) => unknown;
};

/**
 * Reads a whole checkpoint into memory, and verifies all of it.
 *
 * @throws {AcceleratorError} `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_TOO_NEW`, `CHECKPOINT_FAILED`.
 */
export async function readCheckpoint(
  path: string,
  options: ReadOptions = {},
): Promise<StoredCheckpoint> {
  const folder = resolve(path);
  await recover(folder);
  const manifest = await readCompleteManifest(folder);
  const tensors = new Map<string, TensorFile>();
  const texts = new Map<string, string>();
  for (const file of manifest.files) {
    const place = join(folder, file.path);
    if (file.path.endsWith(".safetensors")) {
      const found = await readTensors(place, options).catch((error) => rethrow(folder, error));
      requireSum(place, file, found.crc32);
      tensors.set(file.path, found);
    } else {
      const text = await readText(folder, file);
      textToValue(place, text);
      texts.set(file.path, text);
    }
  }
  return {
    ...{ folder, manifest },
    has: (name) => tensors.has(name) || texts.has(name),
    tensors: (name) => new Map(member(folder, tensors, name).tensors),
    metadata: (name) => member(folder, tensors, name).metadata,
    json: (name) => textToValue(join(folder, name), member(folder, texts, name)),
  };
}

/**
 * Compares a checkpoint with its sums, without keeping it in memory.
 *
 * @throws {AcceleratorError} as `readCheckpoint` does.
 */
export async function verifyCheckpoint(path: string): Promise<Manifest> {
  const folder = resolve(path);
  const manifest = await readCompleteManifest(folder);
  for (const file of manifest.files) {
    const place = join(folder, file.path);
    if (file.path.endsWith(".safetensors")) {
      const found = await checkTensors(place).catch((error) => rethrow(folder, error));
      requireSum(place, file, found.crc32);
    } else {
      textToValue(place, await readText(folder, file));
    }
  }
  return manifest;
}

/** A writer that was killed between two renames has left the checkpoint of this path under another name. */
async function recover(folder: string): Promise<void> {
  const isThere = await exists(folder).catch(() => true);
  const litter = isThere ? [] : await findLitter(dirname(folder)).catch(() => []);
  const target = resolve(folder);
  if (
    !litter.some(
      (item) => item.kind === LITTER.previous && join(dirname(folder), item.target) === target,
    )
  ) {
    return;
  }
  const lock = await lockTarget(folder);
  try {
    await cleanTarget(folder);
  } finally {
    await lock.release();
  }
}

async function readText(folder: string, file: ManifestFile): Promise<string> {
  const place = join(folder, file.path);
  const bytes = await readFile(place).catch((error) => rethrow(folder, readError(place, error)));
  if (bytes.byteLength !== file.bytes) throw damaged(place, "has changed its size");
  requireSum(place, file, crc32(bytes));
  return bytes.toString("utf8");
}

/** A file that is missing is damage: only the folder can be missing. */
function rethrow(folder: string, error: unknown): never {
  const isMissing = error instanceof AcceleratorError && error.code === "CHECKPOINT_MISSING";
  throw isMissing ? damaged(folder, `has lost a file (${error.message})`, error) : error;
}

function requireSum(place: string, { crc32: expected }: ManifestFile, found: number): void {
  if (found === expected) return;
  const text = [found, expected].map((sum) => sum.toString(16).padStart(8, "0"));
  throw damaged(
    place,
    `has the checksum ${text[0]} instead of ${text[1]}: some bytes have changed`,
  );
}

function member<T>(folder: string, files: ReadonlyMap<string, T>, name: string): T {
  const found = files.get(name);
  if (found !== undefined) return found;
  throw damaged(folder, `has no file ${JSON.stringify(name)}`);
}
