/** What one pass of a loader has to do with others: in a loop of the same loader, in the next epoch, in the next process. */
import type * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SingleProcess } from "../../src/collective/single-process.ts";
import { PreparedDataLoader } from "../../src/data/prepared-data-loader.ts";
import {
  Accelerator,
  type AcceleratorError,
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  type LoaderStateDict,
  skipFirstBatches,
} from "../../src/index.ts";
import { GradientState } from "../../src/train/gradient-state.ts";

const test = suite("passes of a data loader");
const order = (length: number) => Array.from({ length }, (_, index) => index);

/** The loader of one rank of two, which needs no other rank. */
function ofRank(dataset: Dataset, options: DataLoaderOptions<tf.Tensor>, rank = 0, worldSize = 2) {
  const collective = Object.assign(new SingleProcess(), { rank, worldSize });
  const modes = { evenBatches: true, splitBatches: false, dispatchBatches: false };
  const accumulation = { numSteps: 1, syncWithDataloader: true, syncEachBatch: false };
  const observer = new GradientState(accumulation);
  const seed = { read: () => 5, current: 5, restore: () => {} };
  const loader = new DataLoader<tf.Tensor>(dataset, options);
  return new PreparedDataLoader(loader, { collective, ...modes, seed, observer });
}

async function rows(loader: AsyncIterable<tf.Tensor>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const batch of loader) all.push([...batch.dataSync()]);
  return all;
}

test("two loops over one loader, one inside the other, are an error and no early end", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const loader = await accelerator.prepare(new DataLoader<tf.Tensor>(order(3)));
  for (const inner of [loader, skipFirstBatches(loader, 1)]) {
    let seen = 0;
    let error: AcceleratorError | undefined;
    try {
      for await (const _ of loader) for await (const _ of inner) seen += 1;
    } catch (thrown) {
      error = thrown as AcceleratorError;
    }
    assert.is(error?.code, "STATE_INVALID");
    assert.match(error?.message ?? "", /Make a second loader for the inner loop/);
    assert.is(seen, inner.length, "the inner loop ends as usual");
    assert.is(accelerator.gradientState.inDataloader, false);
  }
  assert.equal(await rows(loader), [[0], [1], [2]]);
});

for (const dispatchBatches of [false, true]) {
  test(`samples by index learn the epoch, shuffled or not; dispatchBatches ${dispatchBatches}`, async () => {
    const accelerator = new Accelerator({
      backend: "cpu",
      dataLoaderConfiguration: { dispatchBatches },
    });
    for (const shuffle of [false, true]) {
      const epochs: number[] = [];
      const dataset = {
        length: 2,
        get: (index: number) => index,
        setEpoch: (epoch: number) => epochs.push(epoch),
      };
      const loader = await accelerator.prepare(new DataLoader<tf.Tensor>(dataset, { shuffle }));
      for (let pass = 0; pass < 2; pass++) await rows(loader);
      for await (const _ of loader) break;
      loader.setEpoch(7);
      await rows(loader);
      assert.equal(epochs, [0, 1, 2, 7]);
    }
  });
}

test("the last round is completed with the first samples of its own epoch", async () => {
  for (const epoch of [0, 1]) {
    const ranks: number[][][] = [];
    for (const rank of [0, 1]) {
      const loader = ofRank(order(9), { batchSize: 2, shuffle: true }, rank);
      loader.setEpoch(epoch);
      ranks.push(await rows(loader));
    }
    const [first = [], second = []] = ranks;
    const whole = first.flatMap((batch, step) => [...batch, ...(second[step] ?? [])]);
    assert.equal([...whole.slice(0, 9)].sort(), order(9));
    assert.equal(whole.slice(9), whole.slice(0, 3));
    assert.not.equal(whole.slice(9), [0, 1, 2]);
  }
});

test("a skip leaves out whole steps: Accelerate's numbers", async () => {
  const skipped = (count: number) =>
    skipFirstBatches(ofRank(order(16), { batchSize: 4 }, 0, 1), count);
  assert.equal(await rows(skipped(2)), [
    [8, 9, 10, 11],
    [12, 13, 14, 15],
  ]);
  assert.equal(
    [0, 2, 4, 9].map((count) => skipped(count).length),
    [4, 2, 0, 0],
  );
  assert.equal(await rows(skipped(9)), []);
});

test("a state knows what was consumed, not what was read ahead: Accelerate's numbers", async () => {
  const expected = [
    ["8 9", "12 13", "16 17", "20 0"],
    ["10 11", "14 15", "18 19", "1 2"],
  ];
  for (const rank of [0, 1]) {
    const make = () => ofRank(order(21), { batchSize: 2 }, rank);
    const first = make();
    const states: LoaderStateDict[] = [];
    for await (const _ of first) states.push(first.stateDict());
    const resumed = make();
    resumed.loadStateDict(states[2] as LoaderStateDict); // the third batch is in hand: two are done
    const seen: string[] = [];
    const ends: boolean[] = [];
    for await (const batch of resumed) {
      seen.push(batch.dataSync().join(" "));
      ends.push(resumed.endOfDataloader);
      assert.is(resumed.remainder, 1);
    }
    assert.equal(seen, expected[rank]);
    assert.equal(ends, [false, false, false, true]);
    assert.is((await rows(resumed)).length, 6, "the next pass is whole");
    const finished = resumed.stateDict();
    const fresh = make();
    fresh.loadStateDict(finished);
    assert.is((await rows(fresh)).length, 6, "behind the end the next one begins");
  }
});

test.run();
