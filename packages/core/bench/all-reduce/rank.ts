/** On every rank: times all-reduces, and copies of as many bytes, in turn. Rank 0 returns the medians in ms. */

import { median } from "@acc/test-kit/bench/row";
import { replicaContext } from "../../src/context/replica-context.ts";

export type Timing = { readonly bytes: number; readonly reduceMs: number; readonly copyMs: number };

const WARM_UP = 3;

export default function measure(sizes: readonly number[], rounds: number): Timing[] {
  const { collective } = replicaContext();
  return sizes.map((bytes) => {
    const length = bytes / Float32Array.BYTES_PER_ELEMENT;
    const bucket = collective.allocate(length);
    const source = new Float32Array(length).fill(1);
    const target = new Float32Array(length);
    const time = (work: () => void): number => {
      collective.barrier();
      const started = performance.now();
      work();
      return performance.now() - started;
    };
    const reduceMs: number[] = [];
    const copyMs: number[] = [];
    for (let round = -WARM_UP; round < rounds; round++) {
      const reduced = time(() => collective.allReduce(bucket, "mean"));
      const copied = time(() => target.set(source));
      if (round < 0) continue;
      reduceMs.push(reduced);
      copyMs.push(copied);
    }
    return { bytes, reduceMs: median(reduceMs), copyMs: median(copyMs) };
  });
}
