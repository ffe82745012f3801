import { randomUUID } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AcceleratorError } from "../../errors.ts";
import { isPlainObject } from "../../plain-object.ts";
import { namesIn } from "./checkpoint-names.ts";
import { codeOf, damaged, readError, writeError } from "./file-errors.ts";
import { flushFolder, removeAll, renameWhenFree } from "./folder-operations.ts";
import { isFileName } from "./manifest.ts";
import { layoutTensors } from "./safetensors-layout.ts";
import {
  INDEX,
  indexText,
  ORDER,
  SAVE,
  SHARD,
  shardBytes,
  shardName,
  shardsOf,
  WHOLE,
} from "./shard-plan.ts";
import type { StoredTensor } from "./stored-tensor.ts";
import { temporaryFor } from "./temporary-file.ts";
import { partsOf, type ReadOptions, readTensors, type TensorFile } from "./tensor-file.ts";
import { writePieces } from "./write-pieces.ts";
import { writeText } from "./write-text.ts";

/** As Accelerate's. */
const DEFAULT_BYTES = 10e9;
const HALF_DONE = "Some files may be replaced and others not. Save again.";

export type ShardOptions = {
  /** Bytes of a file, or text such as `200MB` (1 MB is 1 000 000 bytes). Default `10GB`. */
  readonly maxShardSize?: number | string | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
};

/**
 * Writes the weights of a model as one file, or as several with an index, under the names that Hugging Face's tools read.
 * Files of an earlier save that do not belong to this one are removed. One file is replaced at once; where there are several,
 * `readSharded` refuses a mixture that a killed process has left.
 *
 * @returns the names of the files.
 * @throws {AcceleratorError} `OPTION_INVALID`, `VALUE_INVALID`, `CHECKPOINT_NO_SPACE`, `CHECKPOINT_FAILED`.
 */
export async function writeSharded(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  { maxShardSize = DEFAULT_BYTES, metadata }: ShardOptions = {},
): Promise<string[]> {
  const folder = resolve(path);
  const shards = shardsOf(tensors, shardBytes(maxShardSize));
  const names = shards.map((_, index) => shardName(index, shards.length));
  const save = randomUUID();
  const layouts = shards.map((shard) => layoutTensors(shard, { ...metadata, [SAVE]: save }));
  await requireNoFile(folder);
  const temporaries: string[] = [];
  let isBegun = false;
  try {
    for (const [index, { head, tensors }] of layouts.entries()) {
      const temporary = await temporaryFor(join(folder, names[index] as string));
      temporaries.push(temporary);
      await writePieces(temporary, partsOf(head, tensors), true);
    }
    // Everything is on the disk: what can still fail is a rename.
    isBegun = true;
    for (const [index, name] of names.entries()) {
      await renameWhenFree(temporaries[index] as string, join(folder, name));
    }
    if (shards.length > 1)
      await writeText(
        join(folder, INDEX),
        indexText(shards, names, [...tensors.keys()], save),
        true,
      );
    await removeStale(folder, new Set(shards.length > 1 ? [...names, INDEX] : names));
    return names;
  } catch (error) {
    for (const temporary of temporaries) await removeAll(temporary).catch(() => {});
    throw writeError(folder, error, isBegun ? HALF_DONE : undefined);
  }
}

/**
 * Reads what `writeSharded` or a tool of Hugging Face has written: a folder, or one `.safetensors` file.
 *
 * @throws {AcceleratorError} `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_TOO_NEW`, `CHECKPOINT_FAILED`.
 */
export async function readSharded(
  path: string,
  options: ReadOptions = {},
): Promise<Map<string, StoredTensor>> {
  const folder = resolve(path);
  if (folder.endsWith(".safetensors")) return (await readTensors(folder, options)).tensors;
  const index = await readIndex(join(folder, INDEX));
  if (!index) return (await readTensors(join(folder, WHOLE), options)).tensors;
  const found = new Map<string, StoredTensor>();
  for (const name of new Set(index.places.values())) {
    const { tensors, metadata } = await readShard(folder, name, options);
    if (index.save !== undefined && metadata[SAVE] !== index.save) {
      throw damaged(folder, `has a file ${name} of another save than its ${INDEX}`);
    }
    for (const [key, tensor] of tensors) if (index.places.get(key) === name) found.set(key, tensor);
  }
  const missing = [...index.places.keys()].find((name) => !found.has(name));
  if (missing === undefined) return inOrder(found, index.order);
  throw damaged(folder, `has no tensor ${JSON.stringify(missing)}, which its ${INDEX} names`);
}

/** In the order of the writer, if that is known. */
function inOrder(found: Map<string, StoredTensor>, order: unknown): Map<string, StoredTensor> {
  const names = Array.isArray(order) ? (order as unknown[]) : [];
  const known = new Set(names);
  const isWhole = known.size === found.size && [...found.keys()].every((name) => known.has(name));
  if (!isWhole) return found;
  return new Map(
    [...known].map((name) => [name as string, found.get(name as string) as StoredTensor]),
  );
}

async function removeStale(folder: string, current: ReadonlySet<string>): Promise<void> {
  const names = await namesIn(folder);
  const stale = names.filter((name) => SHARD.test(name) || name === WHOLE || name === INDEX);
  // The index first: without it the shards are only files.
  const inOrder = [...stale.filter((name) => name === INDEX), ...stale];
  for (const name of inOrder) if (!current.has(name)) await removeAll(join(folder, name));
  await flushFolder(folder);
}

type ShardIndex = {
  /** In which file each tensor is. */
  readonly places: ReadonlyMap<string, string>;
  /** The save that it belongs to, if we wrote it. */
  readonly save: unknown;
  /** The order in which the tensors were given, if we wrote it. */
  readonly order: unknown;
};

async function readIndex(path: string): Promise<ShardIndex | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw readError(path, error);
  }
  const { weight_map: map, metadata } = parseJson(path, text);
  const isValid =
    isPlainObject(map) &&
    Object.values(map).every((name) => typeof name === "string" && isFileName(name));
  if (!isValid) throw damaged(path, "has no weight_map from tensors to files in this folder");
  return {
    places: new Map(Object.entries(map as Record<string, string>)),
    save: isPlainObject(metadata) ? metadata[SAVE] : undefined,
    order: isPlainObject(metadata) ? metadata[ORDER] : undefined,
  };
}

function parseJson(path: string, text: string): { weight_map?: unknown; metadata?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch (error) {
    throw damaged(path, "is no JSON", error);
  }
}

async function readShard(folder: string, name: string, options: ReadOptions): Promise<TensorFile> {
  return await readTensors(join(folder, name), options).catch((error: unknown) => {
    const isMissing = error instanceof AcceleratorError && error.code === "CHECKPOINT_MISSING";
    throw isMissing ? damaged(folder, `has lost its file ${name}`, error) : error;
  });
}

async function requireNoFile(folder: string): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (!stats?.isFile()) return;
  throw new AcceleratorError(
    "CHECKPOINT_FAILED",
    `${folder} is a file. Name the folder that the files of the model shall be in.`,
  );
}
