/**
 * As many batches make one step of the optimizer as it takes where the whole one does not fit into memory. Works as
 * `automatic_gradient_accumulation` of Accelerate.
 *
 *     npx acc launch --num-processes 2 from-accelerate/automatic-gradient-accumulation.ts
 */
import { parseArgs } from "node:util";
import {
  Accelerator,
  adamW,
  DataLoader,
  findExecutableBatchSize,
  setSeed,
  softmaxCrossEntropy,
} from "@acc/core";
import { countOf } from "./read-arguments.ts";
import { AccuracyAndF1 } from "./sentence-pairs/accuracy-and-f1.ts";
import { describeFlowers, pairsOf } from "./sentence-pairs/flower-sentences.ts";
import { PairClassifier } from "./sentence-pairs/pair-classifier.ts";
import { type PairBatch, padPairs, Tokenizer } from "./sentence-pairs/tokenizer.ts";

const EPOCHS = 6;
/** Samples of each replica in one step of the optimizer, whatever the memory holds at once. */
const OBSERVED_BATCH_SIZE = 16;
const LEARNING_RATE = 3e-3;

const { values } = parseArgs({
  options: { "starting-batch-size": { type: "string", default: String(OBSERVED_BATCH_SIZE) } },
});
const startingBatchSize = countOf("--starting-batch-size", values["starting-batch-size"]);
const accelerator = new Accelerator();
const flowers = describeFlowers();
const [trainPairs, heldOutPairs] = [pairsOf(flowers.train), pairsOf(flowers.heldOut)];
const tokenizer = new Tokenizer(trainPairs);

// Where memory runs out on a replica, all of them begin anew with half as many samples, and twice as many batches.
const train = findExecutableBatchSize(
  async (batchSize) => {
    await accelerator.freeMemory(); // what an attempt before this one has left
    setSeed(42); // every attempt begins alike
    const numSteps = Math.max(1, Math.floor(OBSERVED_BATCH_SIZE / batchSize));
    accelerator.gradientAccumulationSteps = numSteps;
    accelerator.print(`a step of the optimizer: ${numSteps} x ${batchSize} samples`);
    const [model, optimizer, loader, heldOut] = await accelerator.prepare(
      new PairClassifier(tokenizer.vocabulary),
      adamW(LEARNING_RATE),
      new DataLoader<PairBatch>(
        trainPairs.map((pair) => tokenizer.encode(pair)),
        { batchSize, shuffle: true, collate: padPairs },
      ),
      new DataLoader<PairBatch>(
        heldOutPairs.map((pair) => tokenizer.encode(pair)),
        { batchSize, collate: padPairs },
      ),
    );
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      for await (const batch of loader) {
        await accelerator.accumulate(model, async () => {
          await accelerator.backward(softmaxCrossEntropy(batch.isSame, model.logits(batch)));
          optimizer.step();
          optimizer.zeroGrad();
        });
      }
    }
    const metric = new AccuracyAndF1();
    for await (const batch of heldOut) {
      const predictions = accelerator.noGrad(() => model.logits(batch).argMax(1));
      const all = await accelerator.gatherForMetrics({ predictions, references: batch.isSame });
      metric.add(await all.predictions.data(), await all.references.data());
    }
    return metric.compute();
  },
  { startingBatchSize, reduceBatchSize: (size) => Math.floor(size / 2) },
);
const { accuracy, f1 } = await train();
accelerator.print(`accuracy ${(100 * accuracy).toFixed(1)} %, F1 ${(100 * f1).toFixed(1)} %`);
