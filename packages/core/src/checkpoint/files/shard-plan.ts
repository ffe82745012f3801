import { AcceleratorError } from "../../errors.ts";
import type { StoredTensor } from "./stored-tensor.ts";

/** The names that Hugging Face's tools look for. */
export const WHOLE = "model.safetensors";
export const INDEX = "model.safetensors.index.json";
export const SHARD: RegExp = /^model-(\d{5,})-of-(\d{5,})\.safetensors$/;
/** In the metadata of the index and of its files: which save they belong to. */
export const SAVE = "acc_save";
/** The order in which the tensors were given, in the metadata of an index: its map is sorted by name. */
export const ORDER = "acc_order";

const UNITS: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function shardBytes(size: number | string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?) ?([KMGT]B)$/i.exec(String(size)) ?? [];
  const bytes =
    typeof size === "number" ? size : Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (bytes >= 1) return Math.floor(bytes);
  throw new AcceleratorError(
    "OPTION_INVALID",
    `maxShardSize must be a number of bytes from 1, or text such as "500MB" or "10GB"; got ${JSON.stringify(size)}.`,
  );
}

/** In the order of the tensors: one that would overflow a shard closes it; one above the limit has its own shard. */
export function shardsOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  limit: number,
): Map<string, StoredTensor>[] {
  const shards: Map<string, StoredTensor>[] = [];
  let [open, size] = [new Map<string, StoredTensor>(), 0];
  for (const [name, tensor] of tensors) {
    const bytes = tensor.bytes.byteLength;
    if (bytes > limit) {
      shards.push(new Map([[name, tensor]]));
      continue;
    }
    if (size + bytes > limit) {
      shards.push(open);
      [open, size] = [new Map(), 0];
    }
    open.set(name, tensor);
    size += bytes;
  }
  return open.size > 0 || shards.length === 0 ? [...shards, open] : shards;
}

export function shardName(index: number, count: number): string {
  const digits = (number: number): string => String(number).padStart(5, "0");
  return count === 1 ? WHOLE : `model-${digits(index + 1)}-of-${digits(count)}.safetensors`;
}

export function indexText(
  shards: readonly ReadonlyMap<string, StoredTensor>[],
  names: readonly string[],
  order: readonly string[],
  save: string,
): string {
  const places = shards.flatMap((shard, index) =>
    [...shard.keys()].map((name): [string, string] => [name, names[index] as string]),
  );
  const sizes = shards.flatMap((shard) => [...shard.values()].map(({ bytes }) => bytes.byteLength));
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const lines = places
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((place) => `    ${place.map((text) => JSON.stringify(text)).join(": ")}`);
  // Not `JSON.stringify` of an object: it would put names that are integers first.
  const metadata = `    "${SAVE}": "${save}",\n    "${ORDER}": ${JSON.stringify(order)},\n    "total_size": ${total}`;
  return `{\n  "metadata": {\n${metadata}\n  },\n  "weight_map": {\n${lines.join(",\n")}\n  }\n}\n`;
}
