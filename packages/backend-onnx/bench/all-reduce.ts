import { launch } from "@acc/core";
import { lessIsBetter, median, type Row } from "@acc/test-kit/bench/row";
import type { Timing } from "./all-reduce-replica.ts";
import type { ModelName } from "./models.ts";

const STEPS = 60;
const NUM_REPLICAS = 2;
/** The all-reduce takes at most 1.2 times as long as the copy. */
const LEAST_RATIO = 0.83;

/**
 * The all-reduce of the gradients inside a compiled step beside memcpy: every replica must at least read and
 * write as many bytes as the bucket has, as copying it does; both replicas copy at once.
 */
export async function benchAllReduce(model: ModelName, rounds: number): Promise<Row> {
  const timings: Timing[] = [];
  for (let round = 0; round < rounds; round++) {
    const script = new URL("./all-reduce-replica.ts", import.meta.url);
    const args = [model, STEPS];
    timings.push(...(await launch<Timing>(script, { numProcesses: NUM_REPLICAS, args })));
  }
  const megabytes = ((timings[0]?.bytes ?? 0) / 1e6).toFixed(1);
  return lessIsBetter({
    name: `${model} on onnx, all-reduce in a step, ${NUM_REPLICAS} replicas`,
    unit: "ms",
    ours: median(timings.map(({ reduceMs }) => reduceMs)),
    peer: median(timings.map(({ copyMs }) => copyMs)),
    peerName: `memcpy of ${megabytes} MB on both`,
    target: { of: "ratio", atLeast: LEAST_RATIO },
  });
}
