import { type Tensor1D, tensor1d } from "@tensorflow/tfjs-core";
import { Accelerator } from "../accelerator/accelerator.ts";
import { DataLoader } from "../data/data-loader.ts";
import { type Check, requireEqual } from "./check.ts";

/** Every sample is seen once in an epoch, on whichever rank: in order, and shuffled. */
export const shardingCheck: Check = {
  name: "data sharding: every sample once, in order and shuffled, also where the ranks do not divide them",
  async run({ numProcesses }) {
    const count = 6 * numProcesses + 1;
    const all = Array.from({ length: count }, (_, index) => index);
    requireEqual("samples in order", await samplesOf(count, false), all);
    const shuffled = await samplesOf(count, true);
    requireEqual(
      "samples, shuffled",
      [...shuffled].sort((a, b) => a - b),
      all,
    );
  },
};

/** The samples of one epoch, as all ranks have them. */
async function samplesOf(count: number, shuffle: boolean): Promise<number[]> {
  const accelerator = new Accelerator();
  const samples = tensor1d(Array.from({ length: count }, (_, index) => index));
  const loader = await accelerator.prepare(
    new DataLoader<[Tensor1D]>([samples], { batchSize: 2, shuffle, seed: 1 }),
  );
  const seen: number[] = [];
  for await (const [batch] of loader) {
    seen.push(...(await (await accelerator.gatherForMetrics(batch)).data()));
  }
  samples.dispose();
  return seen;
}
