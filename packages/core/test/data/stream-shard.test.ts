import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dispatchStream, shardStream, streamLength } from "../../src/data/stream-shard.ts";
import { parseBatches } from "./parse-batches.ts";

const test = suite("sharding streams");

async function* count(length: number): AsyncGenerator<number> {
  for (let i = 0; i < length; i++) yield i;
}

async function shardAll(length: number, shareSize: number, worldSize: number, dropLast = false) {
  const ranks: number[][][] = [];
  for (let rank = 0; rank < worldSize; rank++) {
    const steps: number[][] = [];
    for await (const { items } of shardStream(count(length), {
      rank,
      worldSize,
      shareSize,
      dropLast,
    })) {
      steps.push([...items]);
    }
    assert.is(
      steps.length,
      streamLength(length, { worldSize, shareSize, dropLast }),
      "the length is exact",
    );
    ranks.push(steps);
  }
  return ranks;
}

async function dispatchAll(length: number, shareSize: number, worldSize: number, dropLast = false) {
  const ranks: number[][][] = Array.from({ length: worldSize }, () => []);
  const real: number[] = [];
  for await (const { shares, realSamples } of dispatchStream(count(length), {
    worldSize,
    shareSize,
    dropLast,
  })) {
    for (const [rank, share] of shares.entries()) ranks[rank]?.push([...share]);
    real.push(realSamples);
  }
  assert.is(real.length, streamLength(length, { worldSize, shareSize, dropLast }));
  return { ranks, last: real.at(-1) };
}

// Recorded from Accelerate: length, samples per rank and step, replicas, steps of every rank. Splitting a
// batch of 6 over 3 replicas gives shares of 2, and the same rows.
const SHARDED: [number, number, number, string[]][] = [
  [13, 2, 3, ["0 1 / 6 7 / 12 0", "2 3 / 8 9 / 1 2", "4 5 / 10 11 / 3 4"]],
  [10, 3, 2, ["0 1 2 / 6 7 8", "3 4 5 / 9 0 1"]],
  [3, 2, 3, ["0 1", "2 0", "1 2"]],
  [1, 2, 2, ["0 0", "0 0"]],
  [7, 1, 4, ["0 / 4", "1 / 5", "2 / 6", "3 / 0"]],
  [10, 2, 2, ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 0 1"]],
  [12, 2, 3, ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"]],
  [0, 2, 3, ["", "", ""]],
];
for (const [length, shareSize, worldSize, expected] of SHARDED) {
  test(`every rank reads ${length} samples, ${shareSize} each for ${worldSize} replicas`, async () => {
    assert.equal(await shardAll(length, shareSize, worldSize), expected.map(parseBatches));
    const full = Math.floor(length / (shareSize * worldSize));
    for (const steps of await shardAll(length, shareSize, worldSize, true))
      assert.is(steps.length, full);
  });
}

// The last window, spread over the ranks, and the real samples in it.
const DISPATCHED: [number, number, number, string[], number][] = [
  [12, 2, 3, ["6 7", "8 9", "10 11"], 6],
  [13, 2, 3, ["12", "0", "1"], 1],
  [14, 2, 3, ["12", "13", "0"], 2],
  [16, 2, 3, ["12 13", "14 15", "0 1"], 4],
  [5, 4, 3, ["0 1", "2 3", "4 0"], 5],
  [4, 2, 3, ["0 1", "2 3", "0 1"], 4],
  [1, 2, 3, ["0", "0", "0"], 1],
];
for (const [length, shareSize, worldSize, tails, real] of DISPATCHED) {
  test(`one rank reads ${length} samples, ${shareSize} each for ${worldSize} replicas`, async () => {
    const { ranks, last } = await dispatchAll(length, shareSize, worldSize);
    assert.equal(
      ranks.map((steps) => steps.at(-1)),
      tails.map((tail) => tail.split(" ").map(Number)),
    );
    assert.is(last, real);
    const dropped = await dispatchAll(length, shareSize, worldSize, true);
    const full = Math.floor(length / (shareSize * worldSize)) * shareSize * worldSize;
    assert.is(dropped.ranks.flat(2).length, full);
  });
}

test("one replica gets the stream as it is", async () => {
  assert.equal(await shardAll(5, 2, 1), [[[0, 1], [2, 3], [4]]]);
  assert.equal((await dispatchAll(5, 2, 1)).ranks, [[[0, 1], [2, 3], [4]]]);
});

test.run();
