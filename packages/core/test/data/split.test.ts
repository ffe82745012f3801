import { suite } from "uvu";
import * as assert from "uvu/assert";
import { splitBatches, splitLength } from "../../src/data/split.ts";
import { parseBatches } from "./parse-batches.ts";

const test = suite("sharding by splitting batches");

function splitAll(
  length: number,
  batchSize: number,
  worldSize: number,
  evenBatches: boolean,
  dropLast = false,
) {
  const batches = Array.from({ length: Math.ceil(length / batchSize) }, (_, b) =>
    Array.from(
      { length: Math.min(batchSize, length - b * batchSize) },
      (_, i) => b * batchSize + i,
    ),
  );
  return Array.from({ length: worldSize }, (_, rank) => {
    const options = { rank, worldSize, batchSize, evenBatches, dropLast };
    const slices = [...splitBatches(batches, options)].map((slice) => [...slice]);
    assert.is(splitLength(length, options), slices.length, "the length is exact");
    return slices;
  });
}

// Recorded from Accelerate: length, batch size, replicas, batches of every rank with and without even batches.
const TABLE: [number, number, number, even: string[], uneven: string[]][] = [
  [12, 6, 3, ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"], ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"]],
  [
    13,
    6,
    3,
    ["0 1 / 6 7 / 12 0", "2 3 / 8 9 / 1 2", "4 5 / 10 11 / 3 4"],
    ["0 1 / 6 7 / 12", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    15,
    6,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 0", "4 5 / 10 11 / 1 2"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14", "4 5 / 10 11"],
  ],
  [
    17,
    6,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11 / 16 0"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11 / 16"],
  ],
  [4, 6, 3, ["0 1", "2 3", "0 1"], ["0 1", "2 3", ""]],
  [2, 6, 3, ["0 1", "0 1", "0 1"], ["0 1", "", ""]],
  [1, 6, 3, ["0 0", "0 0", "0 0"], ["0", "", ""]],
  [9, 4, 2, ["0 1 / 4 5 / 8 0", "2 3 / 6 7 / 1 2"], ["0 1 / 4 5 / 8", "2 3 / 6 7"]],
  [10, 4, 2, ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 0 1"], ["0 1 / 4 5 / 8 9", "2 3 / 6 7"]],
  [11, 4, 2, ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 10 0"], ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 10"]],
  [
    21,
    8,
    4,
    ["0 1 / 8 9 / 16 17", "2 3 / 10 11 / 18 19", "4 5 / 12 13 / 20 0", "6 7 / 14 15 / 1 2"],
    ["0 1 / 8 9 / 16 17", "2 3 / 10 11 / 18 19", "4 5 / 12 13 / 20", "6 7 / 14 15"],
  ],
  [5, 8, 4, ["0 1", "2 3", "4 0", "1 2"], ["0 1", "2 3", "4", ""]],
  [
    14,
    4,
    4,
    ["0 / 4 / 8 / 12", "1 / 5 / 9 / 13", "2 / 6 / 10 / 0", "3 / 7 / 11 / 1"],
    ["0 / 4 / 8 / 12", "1 / 5 / 9 / 13", "2 / 6 / 10", "3 / 7 / 11"],
  ],
];
for (const [length, batchSize, worldSize, even, uneven] of TABLE) {
  test(`${length} samples in batches of ${batchSize} over ${worldSize} replicas`, () => {
    assert.equal(splitAll(length, batchSize, worldSize, true), even.map(parseBatches));
    assert.equal(splitAll(length, batchSize, worldSize, false), uneven.map(parseBatches));
    const dropped = splitAll(length, batchSize, worldSize, true, true);
    assert.ok(dropped.every((slices) => slices.length === Math.floor(length / batchSize)));
  });
}

test("refuses batches that cannot be cut evenly, naming a size that can", () => {
  const options = { rank: 0, worldSize: 4, evenBatches: true, dropLast: false };
  assert.throws(
    () => [...splitBatches([[1]], { ...options, batchSize: 6 })],
    /round multiple.*6.*4.*Choose 8/,
  );
  assert.throws(() => [...splitBatches([[1]], { ...options, batchSize: undefined })], /batchSize/);
});

test.run();
