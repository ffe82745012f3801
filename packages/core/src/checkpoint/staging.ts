import { crc32 } from "node:zlib";
import { type Entry, hasValues, readEntry, type Spec } from "./entry.ts";
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

/** What the ranks copy together. */
export type Share = {
  readonly entries: readonly Entry[];
  readonly layout: Layout;
  readonly area: Uint8Array;
  /** Sources whose values may be others on each rank: rank 0 copies them, whatever its share is. */
  readonly differing: ReadonlySet<Entry["source"]>;
};
type Member = { readonly rank: number; readonly worldSize: number };

/** Copies the entries whose middle lies in this rank's share of the bytes: every rank copies about as much. */
export function copyShare(share: Share, { rank, worldSize }: Member): void {
  for (const { entry, owner, bytes } of placesOf(share, worldSize)) {
    if (owner === rank) readEntry(entry, bytes);
  }
}

/** A checksum of what all ranks should have alike. After all have copied their shares. */
export function checksumOfShare(share: Share): number {
  let checksum = 0;
  for (const { entry, bytes } of placesOf(share, 1)) {
    if (!share.differing.has(entry.source)) checksum = crc32(bytes, checksum);
  }
  return checksum;
}

/** Whether what other ranks have copied is what this rank has. After all of them have. */
export function isShareOfAll(share: Share, { rank, worldSize }: Member): boolean {
  return placesOf(share, worldSize).every(
    ({ entry, owner, bytes }) =>
      owner === rank || share.differing.has(entry.source) || hasValues(entry, bytes),
  );
}

function placesOf(
  { entries, layout, area, differing }: Share,
  worldSize: number,
): { readonly entry: Entry; readonly owner: number; readonly bytes: Uint8Array }[] {
  const share = layout.byteLength / worldSize;
  return entries.map((entry, i) => {
    const offset = layout.offsets[i] as number;
    const middle = Math.floor((offset + entry.spec.byteLength / 2) / share);
    const owner = differing.has(entry.source) ? 0 : Math.min(middle, worldSize - 1);
    return { entry, owner, bytes: partOf(area, entry.spec, offset) };
  });
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
