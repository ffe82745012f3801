/** On both replicas: trains a model, and times the all-reduce of every step beside a copy of as many bytes. */

import { median } from "@acc/test-kit/bench/row";
import { replicaContext } from "../../core/src/context/replica-context.ts";
import type { ModelName } from "./models.ts";
import train from "./replica.ts";

/** Medians in ms. */
export type Timing = { readonly bytes: number; readonly reduceMs: number; readonly copyMs: number };

export default async function measure(model: ModelName, steps: number): Promise<Timing> {
  const { collective } = replicaContext();
  const allReduce = collective.allReduce.bind(collective);
  const reduceMs: number[] = [];
  const copyMs: number[] = [];
  // Of their own, as core's bench has them: the bucket itself was just written, and lies in the cache.
  let source = new Float32Array(0);
  let target = new Float32Array(0);
  // The replicas begin together: waiting for the slower graph is not part of the all-reduce.
  const time = (work: () => void): number => {
    collective.barrier();
    const started = performance.now();
    work();
    return performance.now() - started;
  };
  collective.allReduce = (buffer, op, call) => {
    if (source.length !== buffer.length) {
      source = new Float32Array(buffer.length).fill(1);
      target = new Float32Array(buffer.length);
    }
    reduceMs.push(time(() => allReduce(buffer, op, call)));
    copyMs.push(time(() => target.set(source)));
  };
  await train(model, "onnx", true, steps);
  const timed = (times: number[]) => median(times.slice(-steps));
  return { bytes: source.byteLength, reduceMs: timed(reduceMs), copyMs: timed(copyMs) };
}
