import { keyHash } from "../format/key-hash.ts";
import { chunkPath } from "../format/run-paths.ts";
import type { TrackedValue } from "../format/tracked-value.ts";
import type { TreeKey, TreeObject, TreeValue } from "../format/tree.ts";
import type { Write } from "../operation.ts";

const FAMILIES: Readonly<Record<TrackedValue["kind"], string>> = {
  number: "metric",
  text: "texts",
  texts: "texts",
  image: "images",
  images: "images",
  distribution: "distributions",
  figure: "figures",
  audio: "audios",
};

/** Paths of one sequence. Version 2 has steps hashed to keys, version 1 has them as keys. */
export class SequencePaths {
  readonly version: 1 | 2;
  readonly #hash: string;
  readonly #sequence: readonly TreeKey[];

  constructor(hash: string, context: bigint, name: string, version: 1 | 2) {
    this.version = version;
    this.#hash = hash;
    this.#sequence = [context, name];
  }

  get context(): TreeKey {
    return this.#sequence[0] as TreeKey;
  }

  /** A property of the sequence. */
  trace(key: string, value: TreeValue): Write {
    return this.chunk(["traces", ...this.#sequence, key], value);
  }

  /** A mark that the sequence belongs to a group. */
  listed(group: string, name: string): Write {
    return this.chunk([group, name, ...this.#sequence], 1n);
  }

  chunk(keys: readonly TreeKey[], value: TreeValue): Write {
    return { tree: "meta", path: chunkPath(this.#hash, ...keys), value };
  }

  /** Of all runs of the repository. */
  shared(keys: readonly TreeKey[], value: TreeValue): Write {
    return { tree: "meta", path: ["meta", ...keys], value };
  }

  traceType(dtype: string): Write {
    return this.shared(["traces_types", dtype, ...this.#sequence], 1n);
  }

  series(...keys: readonly TreeKey[]): TreeKey[] {
    const version = this.version === 2 ? ["v2"] : [];
    return ["seqs", ...version, "chunks", this.#hash, ...this.#sequence, ...keys];
  }
}

/** Everything that a sequence needs before a reader can read its first point. */
export function creation(
  paths: SequencePaths,
  context: TreeObject,
  { kind, dtype, value }: TrackedValue,
  step: number,
): Write[] {
  const columns = [...(paths.version === 2 ? ["step"] : []), "val", "epoch", "time"];
  return [
    ...columns.map((column): Write => ({ tree: "seqs", path: paths.series(column) })),
    paths.shared(["contexts", paths.context], context),
    paths.chunk(["contexts", paths.context], context),
    ...typeWrites(paths, dtype, FAMILIES[kind]),
    paths.trace("version", BigInt(paths.version)),
    paths.trace("first", value),
    paths.trace("first_step", BigInt(step)),
  ];
}

export function typeWrites(paths: SequencePaths, dtype: string, family: string): Write[] {
  return [
    paths.traceType(dtype),
    paths.listed("typed_traces", family),
    paths.trace("dtype", dtype),
  ];
}

/** The point itself. It is idempotent. */
export function pointWrites(
  paths: SequencePaths,
  value: TreeValue,
  step: number,
  { epoch, timeMs }: { readonly epoch: number | undefined; readonly timeMs: number },
): Write[] {
  const key = paths.version === 2 ? keyHash(step) : BigInt(step);
  const columns: [string, TreeValue][] = [
    ["val", value],
    ["epoch", epoch === undefined ? null : BigInt(Math.trunc(epoch))],
    ["time", timeMs / 1000],
    ...(paths.version === 2 ? [["step", BigInt(step)] as [string, TreeValue]] : []),
  ];
  return columns.map(([column, item]) => ({
    tree: "seqs",
    path: paths.series(column, key),
    value: item,
  }));
}
