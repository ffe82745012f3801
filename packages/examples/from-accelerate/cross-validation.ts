/**
 * A model for each fold, and all of them together on held-out pairs. Works as `cross_validation` of Accelerate.
 *
 *     npx acc launch --num-processes 2 from-accelerate/cross-validation.ts --num-folds 3
 */
import { parseArgs } from "node:util";
import {
  Accelerator,
  adamW,
  DataLoader,
  type PreparedDataLoader,
  setSeed,
  softmaxCrossEntropy,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { countOf } from "./read-arguments.ts";
import { AccuracyAndF1 } from "./sentence-pairs/accuracy-and-f1.ts";
import { describeFlowers, pairsOf, type SentencePair } from "./sentence-pairs/flower-sentences.ts";
import { PairClassifier } from "./sentence-pairs/pair-classifier.ts";
import { type PairBatch, padPairs, Tokenizer } from "./sentence-pairs/tokenizer.ts";

const EPOCHS = 8;
const BATCH_SIZE = 16; // per replica
const LEARNING_RATE = 3e-3;

const { values } = parseArgs({ options: { "num-folds": { type: "string", default: "3" } } });
const numFolds = countOf("--num-folds", values["num-folds"]);
const accelerator = new Accelerator();
setSeed(42);

const flowers = describeFlowers();
if (numFolds < 2 || numFolds > flowers.train.length / 3)
  throw new Error(`--num-folds must be from 2 to ${flowers.train.length / 3}, got ${numFolds}.`);
const tokenizer = new Tokenizer(pairsOf(flowers.train));
const testPairs = pairsOf(flowers.heldOut);
/** Sums of the probabilities that all models give to "the same kind". */
const votes = new Float64Array(testPairs.length);

for (let fold = 0; fold < numFolds; fold++) {
  // Of every kind in turn: the flowers are sorted by kind. No flower is on both sides.
  const isInFold = (_: unknown, i: number): boolean => i % numFolds === fold;
  const others = flowers.train.filter((flower, i) => !isInFold(flower, i));
  const [model, optimizer, loader, foldLoader, testLoader] = await accelerator.prepare(
    new PairClassifier(tokenizer.vocabulary),
    adamW(LEARNING_RATE),
    loaderOf(pairsOf(others), true),
    loaderOf(pairsOf(flowers.train.filter(isInFold)), false),
    loaderOf(testPairs, false),
  );
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for await (const batch of loader) {
      await accelerator.backward(softmaxCrossEntropy(batch.isSame, model.logits(batch)));
      optimizer.step();
      optimizer.zeroGrad();
    }
  }
  const ofFold = await evaluate(model, foldLoader);
  report(`fold ${fold + 1}`, ofFold.probabilities, ofFold.references);
  const ofTest = await evaluate(model, testLoader);
  for (const [i, probability] of ofTest.probabilities.entries())
    votes[i] = (votes[i] ?? 0) + probability;
  // The next model finds the memory of this one.
  await accelerator.freeMemory(model, optimizer);
}
report(
  `${numFolds} models together`,
  Array.from(votes, (sum) => sum / numFolds),
  testPairs.map(({ isSame }) => isSame),
);

function loaderOf(pairs: readonly SentencePair[], shuffle: boolean): DataLoader<PairBatch> {
  return new DataLoader<PairBatch>(
    pairs.map((pair) => tokenizer.encode(pair)),
    { batchSize: BATCH_SIZE, shuffle, collate: padPairs },
  );
}

/** Of "the same kind", and the answers: of all pairs of a loader, each once, in order, on every replica. */
async function evaluate(
  model: PairClassifier,
  loader: PreparedDataLoader<PairBatch>,
): Promise<{ probabilities: number[]; references: number[] }> {
  const [probabilities, references]: [number[], number[]] = [[], []];
  for await (const batch of loader) {
    const pairs = accelerator.noGrad(() => tf.softmax(model.logits(batch)));
    const all = await accelerator.gatherForMetrics({ pairs, references: batch.isSame });
    probabilities.push(...(await all.pairs.data()).filter((_, i) => i % 2 === 1));
    references.push(...(await all.references.data()));
  }
  return { probabilities, references };
}

function report(
  name: string,
  probabilities: readonly number[],
  references: readonly number[],
): void {
  const metric = new AccuracyAndF1();
  metric.add(
    probabilities.map((probability) => Number(probability > 0.5)),
    references,
  );
  const { accuracy, f1 } = metric.compute();
  accelerator.print(
    `${name}: accuracy ${(100 * accuracy).toFixed(1)} %, F1 ${(100 * f1).toFixed(1)} %`,
  );
}
