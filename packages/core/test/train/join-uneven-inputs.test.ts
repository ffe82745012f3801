import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, DataLoader } from "../../src/index.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { UnevenOptions, UnevenRun } from "./fixtures/uneven.ts";
import { warningsOf } from "./warnings-of.ts";

const test = suite("joinUnevenInputs");
const script = new URL("./fixtures/uneven.ts", import.meta.url);

const JN2: UnevenOptions = { samples: 3, batchSize: 1 };
const JN2_OF_THREE: UnevenOptions = { samples: 7, batchSize: 2 };
const ADAM: UnevenOptions = { samples: 7, batchSize: 2, optimizer: "adam" };
/** The last rank of three has no batch at all. */
const NOTHING: UnevenOptions = { samples: 5, batchSize: 4, optimizer: "adam" };
const ITEMS: UnevenOptions = { samples: 7, batchSize: 2, items: true };
const ITEMS_OF_NOTHING: UnevenOptions = { samples: 5, batchSize: 4, items: true };
const WINDOWS: UnevenOptions = { samples: 7, batchSize: 1, numSteps: 2 };
const EACH: UnevenOptions = { ...WINDOWS, syncEachBatch: true };
const OPEN: UnevenOptions = { samples: 7, batchSize: 1, numSteps: 2, syncWithDataloader: false };
const EVEN: UnevenOptions = { samples: 7, batchSize: 2, evenBatches: true };
const WRONG = ["model", "option", "body", "throw"] as const;
const wrongCalls = WRONG.map((wrong): [UnevenOptions] => [{ samples: 4, batchSize: 1, wrong }]);
const NESTED: UnevenOptions = { samples: 4, batchSize: 1, wrong: "nested" };
const GATHER: UnevenOptions = { samples: 3, batchSize: 1, wrong: "gather" };

const run = sharedLaunches<UnevenRun>(script, {
  1: [[JN2], [ADAM], [NESTED]],
  2: [[JN2], [ADAM], [WINDOWS], [EACH], [OPEN], [NESTED], [GATHER], ...wrongCalls],
  3: [[JN2_OF_THREE], [ADAM], [NOTHING], [ITEMS], [ITEMS_OF_NOTHING], [EVEN]],
});

type Weights = { readonly weights: readonly number[] };
const close = (actual: number | undefined, expected: number, label: string) =>
  assert.ok(Math.abs(Number(actual) - expected) < 1e-5, `${label}: ${actual}, not ${expected}`);

/** The ranks ended alike, and train together again. */
function checkEnd(ranks: readonly UnevenRun[]): void {
  for (const { code, state, next, evenBatches } of ranks) {
    assert.is(code, undefined);
    assert.equal(state, ranks[0]?.state);
    close(next, (ranks.length - 1) / 2, "the gradient after the end");
    assert.is(evenBatches.at(-1), true, "restored");
  }
}

test("Accelerate's numbers on two replicas, of three samples (JN-2)", async () => {
  const ranks = await run(2, JN2);
  assert.equal(
    ranks.map(({ batches, gradients, evenBatches }) => ({ batches, gradients, evenBatches })),
    [
      { batches: 2, gradients: [1.5, 1.5], evenBatches: [false, true] },
      { batches: 1, gradients: [1.5], evenBatches: [false, true] },
    ],
  );
  checkEnd(ranks);
  // The schedule lowers the rate from 1 to 0.998: two raw steps for each of the optimizer.
  for (const { state } of ranks) close((state as Weights).weights[0], -1.5 - 1.5 * 0.998, "w");
});

test("Accelerate's numbers on three replicas, of seven samples (JN-2)", async () => {
  const ranks = await run(3, JN2_OF_THREE);
  checkEnd(ranks);
  assert.equal(
    ranks.map(({ batches }) => batches),
    [2, 1, 1],
  );
  for (const { gradients } of ranks) close(gradients[0], 3.5, "first");
  close(ranks[0]?.gradients[1], 7 / 3, "second");
  for (const { state } of ranks) close((state as Weights).weights[0], -3.5 - (7 / 3) * 0.997, "w");
});

test("all ranks end with the optimizer and the schedule of the last one", async () => {
  for (const [count, options] of [
    [2, ADAM],
    [3, ADAM],
    [3, NOTHING],
  ] as const) {
    const ranks = await run(count, options);
    checkEnd(ranks);
    const steps = Math.max(...ranks.map(({ batches }) => batches));
    const [first] = ranks as [UnevenRun];
    const { steps: completed, scheduled } = first.state as Record<string, number>;
    assert.is(completed, steps);
    assert.is(scheduled, steps * count);
  }
});

test("items of a rank that is done are none: every sample weighs the same", async () => {
  const ranks = await run(3, ITEMS);
  checkEnd(ranks);
  close(ranks[0]?.gradients[0], 3.5, "six samples");
  close(ranks[0]?.gradients[1], 7, "one sample");
  const [first] = await run(3, ITEMS_OF_NOTHING);
  checkEnd(await run(3, ITEMS_OF_NOTHING));
  close(first?.gradients[0], 3, "five samples on two of three ranks");
});

test("accumulation windows of different length end together", async () => {
  for (const options of [WINDOWS, EACH]) {
    const ranks = await run(2, options);
    checkEnd(ranks);
    // 1 + 3 with 2 + 4, then 5 + 7 with 6 alone, each of which is divided by the two steps of a window.
    assert.equal(
      ranks.map(({ gradients }) => gradients),
      [
        [2.5, 4.5],
        [2.5, 4.5],
      ],
    );
  }
  // Without the end of the loader a window stays open on the rank that is done: its 6 is not lost.
  const open = await run(2, OPEN);
  checkEnd(open);
  assert.equal(
    open.map(({ gradients }) => gradients),
    [[2.5, 4.5], [2.5]],
  );
});

test("even inputs, and one replica, change nothing", async () => {
  const ranks = await run(3, EVEN);
  checkEnd(ranks);
  for (const { batches, evenBatches } of ranks) {
    assert.is(batches, 2);
    assert.equal(evenBatches, [true, true]);
  }
  const [single] = await run(1, JN2);
  assert.equal(single?.gradients, [1, 2, 3]);
  checkEnd(await run(1, ADAM));
});

test("misuse is an error on every rank, and evenBatches is restored", async () => {
  const codes = ["STATE_INVALID", "OPTION_INVALID", "OPTION_INVALID", "OF_BODY"];
  for (const [i, [options]] of wrongCalls.entries()) {
    for (const { code, evenBatches } of await run(2, options)) {
      assert.is(code, codes[i]);
      assert.is(evenBatches.at(-1), true);
    }
  }
  for (const count of [1, 2]) {
    for (const { code } of await run(count, NESTED)) assert.is(code, "STATE_INVALID");
  }
});

test("evenBatches of a stream stays as it is, with a warning (JN-3)", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const model = { w: tf.variable(tf.scalar(0)) };
  async function* samples() {
    yield 1;
  }
  const [, , loader] = await accelerator.prepare(
    model,
    tf.train.sgd(1),
    new DataLoader<tf.Tensor>({ [Symbol.asyncIterator]: samples }),
  );
  const inside: number[] = [];
  const warnings = await warningsOf(async () => {
    await accelerator.joinUnevenInputs(model, { evenBatches: false }, async () => {
      for await (const batch of loader) inside.push(...batch.dataSync());
    });
  });
  assert.equal(inside, [1]);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", "evenBatches changes only loaders that read samples by index");
});

test("another collective of a rank whose loop is longer is an error on all", async () => {
  for (const { code } of await run(2, GATHER)) assert.is(code, "COLLECTIVE_MISMATCH");
});

test.run();
