import type { BufferPool } from "./buffer-pool.ts";
import type { Call } from "./call.ts";
import { memoryOf } from "./plan.ts";
import type { Storage } from "./storage.ts";
import type { Trace } from "./trace.ts";

/** Computes a call whose inputs are known, and gives its outputs values. */
export type ComputeCall = (call: Call) => void;

/** Computes a trace call by call, and frees what no later call reads. */
export function computeEach(
  { calls, results }: Trace,
  compute: ComputeCall,
  pool: BufferPool,
): void {
  const lastUse = new Map<Storage, Call>();
  for (const call of calls) {
    for (const storage of [...call.inputs, ...call.outputs]) lastUse.set(storage, call);
  }
  for (const { storage } of results) lastUse.delete(storage);
  for (const call of calls) {
    compute(call);
    for (const storage of [...call.inputs, ...call.outputs]) {
      // What comes from outside of the trace is freed by those who hold it.
      if (storage.producer && lastUse.get(storage) === call) storage.free(pool);
    }
  }
  for (const { storage } of results) if (storage.place) memoryOf(storage, pool);
}
