/**
 * Do two sentences describe flowers of one kind? Works as `nlp_example` and `complete_nlp_example` of Accelerate.
 *
 *     npx acc launch --num-processes 2 from-accelerate/nlp-example.ts --with-tracking --checkpointing-steps epoch
 */
import {
  Accelerator,
  adamW,
  DataLoader,
  LinearScheduler,
  setSeed,
  softmaxCrossEntropy,
} from "@acc/core";
import { readArguments } from "./read-arguments.ts";
import { AccuracyAndF1 } from "./sentence-pairs/accuracy-and-f1.ts";
import { describeFlowers, pairsOf } from "./sentence-pairs/flower-sentences.ts";
import { PairClassifier } from "./sentence-pairs/pair-classifier.ts";
import { type PairBatch, padPairs, Tokenizer } from "./sentence-pairs/tokenizer.ts";

const BATCH_SIZE = 16; // per replica
const EVALUATION_BATCH_SIZE = 32;
const LEARNING_RATE = 3e-3;
const WARMUP_STEPS = 30;

const { numEpochs, withTracking, savesEpochs, options } = readArguments({ numEpochs: 10 });
const accelerator = new Accelerator(options);
setSeed(42);
if (withTracking) {
  const config = { lr: LEARNING_RATE, num_epochs: numEpochs, batch_size: BATCH_SIZE };
  await accelerator.initTrackers("nlp-example", { config });
}

const flowers = describeFlowers();
const [trainPairs, heldOutPairs] = [pairsOf(flowers.train), pairsOf(flowers.heldOut)];
const tokenizer = new Tokenizer(trainPairs);
const data = new DataLoader<PairBatch>(
  trainPairs.map((pair) => tokenizer.encode(pair)),
  {
    batchSize: BATCH_SIZE,
    shuffle: true,
    collate: padPairs,
  },
);
const heldOut = new DataLoader<PairBatch>(
  heldOutPairs.map((pair) => tokenizer.encode(pair)),
  {
    batchSize: EVALUATION_BATCH_SIZE,
    collate: padPairs,
  },
);
const adam = adamW(LEARNING_RATE);
const schedule = new LinearScheduler(adam, {
  warmupSteps: WARMUP_STEPS,
  totalSteps: numEpochs * data.length,
});
const [model, optimizer, scheduler, trainLoader, heldOutLoader] = await accelerator.prepare(
  new PairClassifier(tokenizer.vocabulary),
  adam,
  schedule,
  data,
  heldOut,
);
const progress = accelerator.registerForCheckpointing({ step: 0 });

if (options.resumeFromCheckpoint !== undefined) {
  const checkpoint = await accelerator.loadState();
  if (checkpoint) accelerator.print(`going on from step ${progress.step}`);
}

// A checkpoint knows the epoch, and the place in it.
for (let epoch = trainLoader.epoch + 1; epoch <= numEpochs; epoch++) {
  for await (const batch of trainLoader) {
    const loss = softmaxCrossEntropy(batch.isSame, model.logits(batch));
    await accelerator.backward(loss);
    optimizer.step();
    scheduler.step();
    optimizer.zeroGrad();
    progress.step += 1;
    if (withTracking)
      accelerator.log({ train_loss: loss }, { step: progress.step, reduce: "mean" });
  }
  const { accuracy, f1 } = await evaluate();
  accelerator.print(
    `epoch ${epoch}: accuracy ${(100 * accuracy).toFixed(1)} %, F1 ${(100 * f1).toFixed(1)} %`,
  );
  if (withTracking) accelerator.log({ accuracy, f1, epoch }, { step: progress.step });
  if (savesEpochs) await accelerator.saveState();
}
await accelerator.endTraining();

/** Of the held-out pairs, on all replicas, each pair once. */
async function evaluate(): Promise<{ accuracy: number; f1: number }> {
  const metric = new AccuracyAndF1();
  for await (const batch of heldOutLoader) {
    const predictions = accelerator.noGrad(() => model.logits(batch).argMax(1));
    const all = await accelerator.gatherForMetrics({ predictions, references: batch.isSame });
    metric.add(await all.predictions.data(), await all.references.data());
  }
  return metric.compute();
}
