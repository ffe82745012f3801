import type { ReduceOp } from "./collective.ts";
import type { ControlBlock } from "./control-block.ts";

export const OPERATIONS = [
  "barrier",
  "allocate",
  "release",
  "share",
  "allReduce",
  "averageHalf",
  "broadcast",
  "allGather",
  "allGatherObject",
  "broadcastObject",
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const DTYPES = ["float32", "int32", "uint8", "object", "fp16", "bf16"] as const;
export const REDUCE_OPS: readonly ReduceOp[] = ["sum", "mean", "max", "min"];

/** What the ranks are doing, one clause per distinct call: `rank 0 called …; ranks 1, 2 called …`. */
export function describeCalls(control: ControlBlock, ranks: readonly number[]): string {
  const byCall = new Map<string, number[]>();
  for (const rank of ranks) {
    const call = describeCall(control, rank);
    byCall.set(call, [...(byCall.get(call) ?? []), rank]);
  }
  return [...byCall].map(([call, group]) => `${nameRanks(group)} called ${call}`).join("; ");
}

/** `rank 1` or `ranks 0, 2`. */
export function nameRanks(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? "rank" : "ranks"} ${ranks.join(", ")}`;
}

function describeCall(control: ControlBlock, rank: number): string {
  const { operation, count, dtype, parameter, call } = control.readHeader(rank);
  const name = OPERATIONS[operation];
  const text = call.includes("(") ? call : `${call}(${DTYPES[dtype]}[${count}])`;
  if (name === "barrier") return call.includes("(") ? call : `${call}()`;
  if (name === "allReduce") return `${text} with op "${REDUCE_OPS[parameter]}"`;
  if (name === "broadcast" || name === "broadcastObject") return `${text} from rank ${parameter}`;
  return text;
}
