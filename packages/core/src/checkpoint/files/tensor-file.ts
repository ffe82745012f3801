import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { damaged, readError, unconfirmedError, writeError } from "./file-errors.ts";
import { flushFolder, removeAll, renameWhenFree } from "./folder-operations.ts";
import { PieceReader } from "./read-pieces.ts";
import { LENGTH_BYTES } from "./safetensors-format.ts";
import {
  headerLength,
  parseHeader,
  type TensorHeader,
  type TensorPlace,
} from "./safetensors-header.ts";
import { layoutTensors } from "./safetensors-layout.ts";
import { FILE_TYPES, type StoredTensor } from "./stored-tensor.ts";
import { temporaryFor } from "./temporary-file.ts";
import { type WrittenFile, writePieces } from "./write-pieces.ts";

/** Small tensors are read together, into one buffer of at most this size. */
const GROUP_BYTES = 16 * 1024 * 1024;

export type TensorFile = {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly crc32: number;
};

export type ReadOptions = {
  /** The bytes of the tensors are in `SharedArrayBuffer`s, which other threads can read. Default false. */
  readonly isShared?: boolean;
};

/**
 * Writes a safetensors file atomically: whoever opens it finds the old one or the new one.
 *
 * @throws {AcceleratorError} `VALUE_INVALID`, `CHECKPOINT_NO_SPACE`, `CHECKPOINT_FAILED`.
 */
export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Promise<WrittenFile> {
  const { head, tensors: sorted } = layoutTensors(tensors, metadata);
  const target = resolve(path);
  let temporary: string | undefined;
  try {
    temporary = await temporaryFor(target);
    const written = await writePieces(temporary, partsOf(head, sorted), true);
    await renameWhenFree(temporary, target);
    await flushFolder(dirname(target)).catch((error) => {
      throw unconfirmedError(path, error);
    });
    return written;
  } catch (error) {
    // The first error is the one to report.
    if (temporary !== undefined) await removeAll(temporary).catch(() => {});
    throw writeError(path, error);
  }
}

/** The bytes of a file, part by part. */
export function* partsOf(
  head: Uint8Array,
  tensors: readonly StoredTensor[],
): Generator<Uint8Array> {
  yield head;
  for (const { bytes } of tensors) yield bytes;
}

/**
 * Reads a safetensors file, which may be of anybody. The bytes of every tensor are aligned for its type.
 *
 * @throws {AcceleratorError} `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_TOO_NEW`, `CHECKPOINT_FAILED`.
 */
export async function readTensors(path: string, options: ReadOptions = {}): Promise<TensorFile> {
  return await withFile(path, async (file, size) => {
    const reader = new PieceReader(file, path);
    const header = await readHeader(path, reader, size);
    const found = new Map<string, StoredTensor>();
    for (const group of groupsOf(header.places)) {
      const bytes = allocate(group.bytes, options.isShared === true);
      await reader.fill(bytes);
      for (const { name, dtype, shape, begin, end } of group.places) {
        const part = bytes.subarray(begin - group.begin, end - group.begin);
        found.set(name, { dtype, shape, bytes: part });
      }
    }
    const tensors = new Map(header.names.map((name) => [name, found.get(name) as StoredTensor]));
    return { tensors, metadata: header.metadata, bytes: size, crc32: reader.crc32 };
  });
}

/** Reads a safetensors file and keeps nothing of it. @throws {AcceleratorError} as `readTensors` does. */
export async function checkTensors(path: string): Promise<WrittenFile> {
  return await withFile(path, async (file, size) => {
    const reader = new PieceReader(file, path);
    const { places } = await readHeader(path, reader, size);
    await reader.skip(places.at(-1)?.end ?? 0);
    return { bytes: size, crc32: reader.crc32 };
  });
}

/** Opens a file, which may be missing, a folder, or a pipe that nobody writes to. */
export async function withFile<T>(
  path: string,
  read: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  try {
    const { O_RDONLY, O_NONBLOCK = 0 } = constants;
    const file = await open(path, O_RDONLY | O_NONBLOCK); // a pipe would wait for its writer
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw damaged(path, "is no file");
      return await read(file, stats.size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readError(path, error);
  }
}

async function readHeader(path: string, reader: PieceReader, size: number): Promise<TensorHeader> {
  const start = new Uint8Array(Math.min(LENGTH_BYTES, size));
  await reader.fill(start);
  const header = new Uint8Array(headerLength(path, start, size));
  await reader.fill(header);
  return parseHeader(path, header, size - LENGTH_BYTES - header.byteLength);
}

type Group = {
  readonly begin: number;
  bytes: number;
  readonly places: TensorPlace[];
};

/** Neighbours, as long as they stay aligned and the buffer does not grow too large. */
function groupsOf(places: readonly TensorPlace[]): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const place of places) {
    const bytes = place.end - (group?.begin ?? place.begin);
    const isAligned = (place.begin - (group?.begin ?? 0)) % alignmentOf(place) === 0;
    if (!group || !isAligned || bytes > GROUP_BYTES) {
      group = { begin: place.begin, bytes: 0, places: [] };
      groups.push(group);
    }
    group.places.push(place);
    group.bytes = place.end - group.begin;
  }
  return groups;
}

function alignmentOf({ dtype }: TensorPlace): number {
  return Math.min(4, FILE_TYPES[dtype].size); // a complex number is two float32
}

function allocate(bytes: number, isShared: boolean): Uint8Array {
  return new Uint8Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
}
