import type { ReduceOp } from "./collective.ts";
import type { ControlBlock, Header } from "./control-block.ts";

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

/**
 * What the ranks are doing, one clause per distinct call: `rank 0 called …; ranks 1, 2 called …`.
 *
 * @param siteOf the line of the script from which a rank made its call; empty where it is not known.
 */
export function describeCalls(
  control: ControlBlock,
  ranks: readonly number[],
  siteOf: (rank: number) => string,
): string {
  const byCall = new Map<string, number[]>();
  for (const rank of ranks) {
    const site = siteOf(rank);
    const call = `${describeHeader(control.readHeader(rank))}${site === "" ? "" : ` at ${site}`}`;
    byCall.set(call, [...(byCall.get(call) ?? []), rank]);
  }
  return [...byCall].map(([call, group]) => `${nameRanks(group)} called ${call}`).join("; ");
}

/** `rank 1` or `ranks 0, 2`. */
export function nameRanks(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? "rank" : "ranks"} ${ranks.join(", ")}`;
}

/** A call as the script has made it, such as `gather(float32[2, 3])`. */
export function describeHeader({ operation, count, dtype, parameter, call }: Header): string {
  const name = OPERATIONS[operation];
  const text = call.includes("(") ? call : `${call}(${DTYPES[dtype]}[${count}])`;
  if (name === "barrier") return call.includes("(") ? call : `${call}()`;
  if (name === "allReduce") return `${text} with op "${REDUCE_OPS[parameter]}"`;
  if (name === "broadcast" || name === "broadcastObject") return `${text} from rank ${parameter}`;
  return text;
}
