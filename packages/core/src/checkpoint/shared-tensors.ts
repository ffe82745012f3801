import { randomUUID } from "node:crypto";
import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Collective } from "../collective/collective.ts";
import type { Spec } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

/** A tensor in the memory of the rank that has read it. */
export type ReadTensor = { readonly spec: Spec; readonly bytes: Uint8Array };

/**
 * Shows tensors of rank 0 to all ranks, without a copy of them on its host; other hosts get one copy each. Collective.
 *
 * @param specs the same on every rank.
 * @param read on rank 0; with several ranks in `SharedArrayBuffer`s.
 * @returns by file and name.
 */
export function shareTensors(
  collective: Collective,
  specs: readonly Spec[],
  read: readonly ReadTensor[] | undefined,
  call: string,
): Map<string, Map<string, StoredTensor>> {
  const own = read?.map(({ bytes }) => bytes) ?? placesFor(collective, specs);
  const all = collective.worldSize === 1 ? own : show(collective, own, call);
  if (collective.localWorldSize < collective.worldSize) {
    for (const bytes of all ?? []) collective.broadcast(bytes, 0, call);
  }
  const files = new Map<string, Map<string, StoredTensor>>();
  for (const [i, { file, name, dtype, shape }] of specs.entries()) {
    const tensors = files.get(file) ?? new Map<string, StoredTensor>();
    tensors.set(name, { dtype, shape, bytes: all?.[i] as Uint8Array });
    files.set(file, tensors);
  }
  return files;
}

/** On the first rank of every host: memory for the tensors, which all ranks of the host see. */
function placesFor(collective: Collective, specs: readonly Spec[]): Uint8Array[] | undefined {
  if (collective.localRank !== 0) return undefined;
  return specs.map(({ byteLength }) => new Uint8Array(new SharedArrayBuffer(byteLength)));
}

/** A message between threads hands over memory that is shared; objects of collectives are copied. */
function show(
  collective: Collective,
  own: readonly Uint8Array[] | undefined,
  call: string,
): readonly Uint8Array[] {
  const names = collective.allGatherObject(own && randomUUID(), call);
  const name = names[collective.rank - collective.localRank]; // of the first rank of this host
  const channel = new BroadcastChannel(name as string);
  try {
    collective.barrier(call); // all listen
    if (own) channel.postMessage(own);
    collective.barrier(call); // it is sent
    // The types of Node.js 20 leave out that it takes a BroadcastChannel.
    const received = own ? undefined : receiveMessageOnPort(channel as unknown as MessagePort);
    return own ?? (received?.message as Uint8Array[]);
  } finally {
    channel.close();
  }
}
