import { scalar, type Tensor, tensor1d } from "@tensorflow/tfjs-core";
import type { Accelerator } from "../accelerator/accelerator.ts";
import { type Check, requireEqual } from "./check.ts";

/** Every operation on tensors and objects gives what its definition says, on every rank. */
export const collectivesCheck: Check = {
  name: "collectives: gather, reduce, broadcast, pad, split, objects",
  async run(accelerator) {
    await checkReductions(accelerator);
    await checkMoves(accelerator);
    await checkObjects(accelerator);
  },
};

async function checkReductions(accelerator: Accelerator): Promise<void> {
  const { numProcesses: count, processIndex: rank } = accelerator;
  // Rank r has r + 1 and 2 (r + 1).
  const own = tensor1d([rank + 1, 2 * (rank + 1)]);
  const sum = (count * (count + 1)) / 2;
  const firsts = { sum, mean: sum / count, max: count, min: 1 } as const;
  for (const op of ["sum", "mean", "max", "min"] as const) {
    const first = firsts[op];
    const found = await valuesOf(await accelerator.reduce(own, op));
    requireEqual(`reduce with ${op}`, found, [first, 2 * first], 1e-6 * sum);
  }
  own.dispose();
}

async function checkMoves(accelerator: Accelerator): Promise<void> {
  const { numProcesses: count, processIndex: rank } = accelerator;
  const own = tensor1d([rank, 10 * rank]);
  const ranks = Array.from({ length: count }, (_, index) => index);
  const gathered = await valuesOf(await accelerator.gather(own));
  requireEqual(
    "gather",
    gathered,
    ranks.flatMap((of) => [of, 10 * of]),
  );
  const single = scalar(rank);
  requireEqual("gather of scalars", await valuesOf(await accelerator.gather(single)), ranks);
  const last = count - 1;
  const sent = await valuesOf(await accelerator.broadcast(own, last));
  requireEqual("broadcast from the last rank", sent, [last, 10 * last]);
  const ragged = tensor1d(Array.from({ length: rank + 1 }, () => 1));
  const padded = await valuesOf(await accelerator.padAcrossProcesses(ragged));
  requireEqual(
    "padAcrossProcesses",
    padded,
    ranks.map((of) => (of <= rank ? 1 : 0)),
  );
  for (const tensor of [own, single, ragged]) tensor.dispose();
}

async function checkObjects(accelerator: Accelerator): Promise<void> {
  const { numProcesses: count, processIndex: rank } = accelerator;
  const ranks = Array.from({ length: count }, (_, index) => index);
  const objects = await accelerator.gatherObjects({ rank });
  requireEqual(
    "gatherObjects",
    objects.map(({ rank: of }) => of),
    ranks,
  );
  const { from } = await accelerator.broadcastObject({ from: rank }, count - 1);
  requireEqual("broadcastObject", [from], [count - 1]);
  const items = Array.from({ length: 2 * count + 1 }, (_, index) => index);
  const parts = await accelerator.gatherObjects(accelerator.splitBetweenProcesses(items));
  requireEqual("splitBetweenProcesses", parts.flat(), items);
}

async function valuesOf(tensor: Tensor): Promise<ArrayLike<number>> {
  const values = await tensor.data();
  tensor.dispose();
  return values;
}
