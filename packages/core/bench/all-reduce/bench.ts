import { moreIsBetter, type Row } from "@acc/test-kit/bench/row";
import { launch } from "../../src/index.ts";
import type { Timing } from "./rank.ts";

const KIB = 1024;
const SIZES = [64 * KIB, 1024 * KIB, 16 * 1024 * KIB, 64 * 1024 * KIB];
const ROUNDS = 30;

/**
 * Bandwidth of the all-reduce beside that of memcpy. Every rank must at least read and write as many bytes
 * as its bucket has, which is what copying the bucket does; the copies run on all ranks at once, too.
 */
export async function* benchAllReduce(): AsyncGenerator<Row> {
  for (const numProcesses of [2, 4, 8]) {
    const script = new URL("./rank.ts", import.meta.url);
    const [timings = []] = await launch<Timing[]>(script, { numProcesses, args: [SIZES, ROUNDS] });
    for (const { bytes, reduceMs, copyMs } of timings) {
      yield moreIsBetter({
        name: `all-reduce, ${bytes / KIB} kB over ${numProcesses} ranks`,
        unit: "GB/s",
        ours: bytes / reduceMs / 1e6,
        peer: bytes / copyMs / 1e6,
        peerName: "memcpy on every rank",
        target:
          numProcesses === 2 && bytes === 16 * 1024 * KIB ? { of: "ratio", atLeast: 0.6 } : null,
      });
    }
  }
}
