import type { Collective } from "../collective/collective.ts";
import type { Spec } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import { filesOf, layOut, partOf } from "./staging.ts";

/** A tensor in the memory of the rank that has read it. */
export type ReadTensor = { readonly spec: Spec; readonly bytes: Uint8Array };

/**
 * Puts tensors of one rank where all ranks see them; valid until the area is shared again. Collective. A rank alone needs no
 * second copy of them.
 *
 * @param specs the same on every rank.
 * @param read on the rank that has them.
 * @returns by file and name.
 */
export function shareTensors(
  collective: Collective,
  specs: readonly Spec[],
  read: readonly ReadTensor[] | undefined,
  call: string,
): Map<string, Map<string, StoredTensor>> {
  if (collective.worldSize === 1) return asTheyAre(read ?? []);
  const layout = layOut(specs);
  const area = collective.share(layout.byteLength, call);
  for (const [i, { spec, bytes }] of read?.entries() ?? []) {
    partOf(area, spec, layout.offsets[i] as number).set(bytes);
  }
  collective.barrier(call);
  return filesOf(specs, layout, area);
}

function asTheyAre(read: readonly ReadTensor[]): Map<string, Map<string, StoredTensor>> {
  const files = new Map<string, Map<string, StoredTensor>>();
  for (const { spec, bytes } of read) {
    const tensors = files.get(spec.file) ?? new Map<string, StoredTensor>();
    tensors.set(spec.name, { dtype: spec.dtype, shape: spec.shape, bytes });
    files.set(spec.file, tensors);
  }
  return files;
}
