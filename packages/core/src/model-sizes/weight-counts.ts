import { open, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LENGTH_BYTES, MAX_HEADER, METADATA } from "../checkpoint/files/safetensors-format.ts";
import { INDEX, WHOLE } from "../checkpoint/files/shard-plan.ts";
import { bytesOfShape } from "../checkpoint/files/stored-tensor.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";

/** In a folder, the first of these is read. */
const NAMES = [INDEX, WHOLE, "model.json"] as const;

/**
 * The number of values of each weight of a model on the disk, by name. Only descriptions are read, not the values.
 *
 * @param path a `model.json` of TensorFlow.js, a safetensors file of any dtypes, the index of several, or a folder with one
 *   of these.
 * @throws {AcceleratorError} `MODEL_FILE_INVALID`.
 */
export async function weightCounts(path: string): Promise<Map<string, number>> {
  const file = await fileAt(path);
  if (file.endsWith(".safetensors")) return await countsInFile(file);
  const model = await readJson(file);
  if (isPlainObject(model.weight_map)) return await countsInShards(file, model.weight_map);
  const groups: unknown = model.weightsManifest;
  if (!Array.isArray(groups)) {
    throw invalid(file, "is no model.json with weights, and no index of safetensors files");
  }
  const weights = groups.flatMap((group): unknown[] =>
    Array.isArray(group?.weights) ? group.weights : [undefined],
  );
  return countsOf(
    file,
    weights.map((weight) => [(weight as Named)?.name, weight]),
  );
}

type Named = { readonly name?: unknown } | undefined;

async function fileAt(path: string): Promise<string> {
  const isFolder = await statOf(path);
  if (!isFolder) return path;
  for (const name of NAMES) {
    const file = join(path, name);
    if ((await statOf(file).catch(() => true)) === false) return file;
  }
  throw invalid(path, `is a folder without ${NAMES.join(", ")}`);
}

/** Whether there is a folder; false for a file. */
async function statOf(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error) => {
    throw invalid(path, reasonOf(error), error);
  });
  if (stats.isDirectory() || stats.isFile()) return stats.isDirectory();
  throw invalid(path, "is neither a file nor a folder");
}

async function countsInShards(
  index: string,
  places: Readonly<Record<string, unknown>>,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of new Set(Object.values(places))) {
    if (typeof name !== "string" || basename(name) !== name) {
      throw invalid(index, `names ${JSON.stringify(name)}, which is no file beside it`);
    }
    const shard = await countsInFile(join(dirname(index), name));
    for (const [weight, count] of shard) if (places[weight] === name) found.set(weight, count);
  }
  const missing = Object.keys(places).find((weight) => !found.has(weight));
  if (missing === undefined) return found;
  throw invalid(index, `names the weight ${JSON.stringify(missing)}, which no file of it has`);
}

async function countsInFile(path: string): Promise<Map<string, number>> {
  await statOf(path); // a pipe would wait for its writer
  const header = await readHeader(path);
  return countsOf(
    path,
    Object.entries(header).filter(([name]) => name !== METADATA),
  );
}

async function readHeader(path: string): Promise<Record<string, unknown>> {
  const file = await open(path).catch((error) => {
    throw invalid(path, reasonOf(error), error);
  });
  try {
    const start = Buffer.alloc(LENGTH_BYTES);
    const { bytesRead } = await file.read(start, 0, LENGTH_BYTES, 0);
    const length = Number(start.readBigUInt64LE());
    const { size } = await file.stat();
    if (bytesRead < LENGTH_BYTES || length > MAX_HEADER || length > size - LENGTH_BYTES) {
      throw invalid(path, "is no safetensors file");
    }
    const header = Buffer.alloc(length);
    await file.read(header, 0, length, LENGTH_BYTES);
    return parse(path, header.toString("utf8"));
  } finally {
    await file.close();
  }
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch((error) => {
    throw invalid(path, reasonOf(error), error);
  });
  return parse(path, text);
}

function parse(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, "has no JSON where a model describes its weights", error);
  }
  if (isPlainObject(value)) return value;
  throw invalid(path, "does not describe weights");
}

function countsOf(
  path: string,
  weights: readonly (readonly [unknown, unknown])[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [name, weight] of weights) {
    const shape: unknown = (weight as { shape?: unknown } | undefined)?.shape;
    const count = Array.isArray(shape) ? bytesOfShape(shape, 1) : Number.NaN;
    if (typeof name !== "string" || Number.isNaN(count)) {
      throw invalid(path, `does not say which shape the weight ${JSON.stringify(name)} has`);
    }
    counts.set(name, count);
  }
  if (counts.size > 0) return counts;
  throw invalid(path, "has no weights");
}

function reasonOf(error: unknown): string {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  return isMissing ? "does not exist" : `cannot be read (${messageOf(error)})`;
}

function invalid(path: string, fault: string, cause?: unknown): AcceleratorError {
  return new AcceleratorError(
    "MODEL_FILE_INVALID",
    `${path} ${fault}. Name a model.json of TensorFlow.js, a safetensors file, an index of several, or their folder.`,
    { cause: cause instanceof AcceleratorError ? cause : undefined },
  );
}
