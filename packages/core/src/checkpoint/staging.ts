import { crc32 } from "node:zlib";
import { type Entry, readEntry, type Spec } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

/** Places one after the other, each at a multiple of 16 bytes. */
export type Layout = { readonly offsets: readonly number[]; readonly byteLength: number };

const ALIGNMENT = 16;

/** @param from where the first one begins. */
export function layOut(specs: readonly Spec[], from = 0): Layout {
  let end = from;
  const offsets = specs.map(({ byteLength }) => {
    const offset = end;
    end += Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
    return offset;
  });
  return { offsets, byteLength: end };
}

/**
 * Copies the entries whose middle lies in this rank's share of the bytes: every rank copies about as much.
 *
 * @param differing sources whose values may be others on each rank: rank 0 copies them, whatever its share is.
 */
export function copyShare(
  entries: readonly Entry[],
  layout: Layout,
  area: Uint8Array,
  { rank, worldSize }: { readonly rank: number; readonly worldSize: number },
  differing: ReadonlySet<Entry["source"]>,
): void {
  const share = layout.byteLength / worldSize;
  for (const [i, entry] of entries.entries()) {
    const offset = layout.offsets[i] as number;
    const middle = Math.floor((offset + entry.spec.byteLength / 2) / share);
    const owner = differing.has(entry.source) ? 0 : Math.min(middle, worldSize - 1);
    if (owner === rank) readEntry(entry, partOf(area, entry.spec, offset));
  }
}

/** The files of the tensors, by path, with views of the area. */
export function filesOf(
  specs: readonly Spec[],
  { offsets }: Layout,
  area: Uint8Array,
): Map<string, Map<string, StoredTensor>> {
  const files = new Map<string, Map<string, StoredTensor>>();
  for (const [i, spec] of specs.entries()) {
    const tensors = files.get(spec.file) ?? new Map<string, StoredTensor>();
    const { dtype, shape, name } = spec;
    tensors.set(name, { dtype, shape, bytes: partOf(area, spec, offsets[i] as number) });
    files.set(spec.file, tensors);
  }
  return files;
}

export function partOf(area: Uint8Array, { byteLength }: Spec, offset: number): Uint8Array {
  return area.subarray(offset, offset + byteLength);
}

/**
 * A checksum of the values of a tensor.
 *
 * @param buffer for the values, of several tensors in turn; as long as the largest.
 */
export function checksumOf(
  entry: Entry,
  buffer: Uint8Array = new Uint8Array(entry.spec.byteLength),
): number {
  const bytes = buffer.subarray(0, entry.spec.byteLength);
  readEntry(entry, bytes);
  return crc32(bytes);
}
