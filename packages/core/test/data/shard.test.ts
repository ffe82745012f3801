import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shardBatches, shardLength } from "../../src/data/shard.ts";
import { parseBatches } from "./parse-batches.ts";

const test = suite("sharding by whole batches");
type Mode = "even" | "uneven" | "drop";

function globalBatches(length: number, batchSize: number, dropLast: boolean): number[][] {
  const starts = Array.from({ length: Math.ceil(length / batchSize) }, (_, i) => i * batchSize);
  const batches = starts.map((start) =>
    Array.from({ length: Math.min(batchSize, length - start) }, (_, i) => start + i),
  );
  return dropLast ? batches.filter((batch) => batch.length === batchSize) : batches;
}

function shardAll(length: number, batchSize: number, worldSize: number, mode: Mode): number[][][] {
  const dropLast = mode === "drop";
  const batches = globalBatches(length, batchSize, dropLast);
  return Array.from({ length: worldSize }, (_, rank) => {
    const options = { rank, worldSize, batchSize, dropLast, evenBatches: mode === "even" };
    const shard = [...shardBatches(batches, options)].map((batch) => [...batch]);
    assert.is(shardLength(batches.length, options), shard.length, "the length is exact");
    return shard;
  });
}

// Every row recorded from Accelerate: length, batch size, replicas; per mode the batches of every rank.
const TABLE: [number, number, number, even: string[], uneven: string[], drop: string[]][] = [
  [
    12,
    2,
    3,
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    13,
    2,
    3,
    ["0 1 / 6 7 / 12 0", "2 3 / 8 9 / 1 2", "4 5 / 10 11 / 3 4"],
    ["0 1 / 6 7 / 12", "2 3 / 8 9", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    14,
    2,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 0 1", "4 5 / 10 11 / 2 3"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    15,
    2,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 0", "4 5 / 10 11 / 1 2"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    16,
    2,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11 / 0 1"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    17,
    2,
    3,
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11 / 16 0"],
    ["0 1 / 6 7 / 12 13", "2 3 / 8 9 / 14 15", "4 5 / 10 11 / 16"],
    ["0 1 / 6 7", "2 3 / 8 9", "4 5 / 10 11"],
  ],
  [
    11,
    2,
    2,
    ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 10 0"],
    ["0 1 / 4 5 / 8 9", "2 3 / 6 7 / 10"],
    ["0 1 / 4 5", "2 3 / 6 7"],
  ],
  [
    10,
    3,
    2,
    ["0 1 2 / 6 7 8", "3 4 5 / 9 0 1"],
    ["0 1 2 / 6 7 8", "3 4 5 / 9"],
    ["0 1 2", "3 4 5"],
  ],
  [5, 4, 3, ["0 1 2 3", "4 0 1 2", "3 4 0 1"], ["0 1 2 3", "4", ""], ["", "", ""]],
  [
    7,
    1,
    4,
    ["0 / 4", "1 / 5", "2 / 6", "3 / 0"],
    ["0 / 4", "1 / 5", "2 / 6", "3"],
    ["0", "1", "2", "3"],
  ],
  [1, 2, 3, ["0 0", "0 0", "0 0"], ["0", "", ""], ["", "", ""]],
  [
    10,
    3,
    4,
    ["0 1 2", "3 4 5", "6 7 8", "9 0 1"],
    ["0 1 2", "3 4 5", "6 7 8", "9"],
    ["", "", "", ""],
  ],
  [
    25,
    3,
    4,
    [
      "0 1 2 / 12 13 14 / 24 0 1",
      "3 4 5 / 15 16 17 / 2 3 4",
      "6 7 8 / 18 19 20 / 5 6 7",
      "9 10 11 / 21 22 23 / 8 9 10",
    ],
    ["0 1 2 / 12 13 14 / 24", "3 4 5 / 15 16 17", "6 7 8 / 18 19 20", "9 10 11 / 21 22 23"],
    ["0 1 2 / 12 13 14", "3 4 5 / 15 16 17", "6 7 8 / 18 19 20", "9 10 11 / 21 22 23"],
  ],
  [
    29,
    3,
    4,
    [
      "0 1 2 / 12 13 14 / 24 25 26",
      "3 4 5 / 15 16 17 / 27 28 0",
      "6 7 8 / 18 19 20 / 1 2 3",
      "9 10 11 / 21 22 23 / 4 5 6",
    ],
    [
      "0 1 2 / 12 13 14 / 24 25 26",
      "3 4 5 / 15 16 17 / 27 28",
      "6 7 8 / 18 19 20",
      "9 10 11 / 21 22 23",
    ],
    ["0 1 2 / 12 13 14", "3 4 5 / 15 16 17", "6 7 8 / 18 19 20", "9 10 11 / 21 22 23"],
  ],
  [8, 5, 2, ["0 1 2 3 4", "5 6 7 0 1"], ["0 1 2 3 4", "5 6 7"], ["", ""]],
  [9, 5, 2, ["0 1 2 3 4", "5 6 7 8 0"], ["0 1 2 3 4", "5 6 7 8"], ["", ""]],
  [0, 2, 3, ["", "", ""], ["", "", ""], ["", "", ""]],
];

for (const [length, batchSize, worldSize, even, uneven, drop] of TABLE) {
  test(`${length} samples in batches of ${batchSize} on ${worldSize} replicas`, () => {
    for (const [mode, expected] of Object.entries({ even, uneven, drop })) {
      const shards = shardAll(length, batchSize, worldSize, mode as Mode);
      assert.equal(shards, expected.map(parseBatches), mode);
    }
  });
}

test("batches of varying size are dealt in turn; whole ones from the start complete the last round", () => {
  const batches = [
    [0, 1, 2],
    [3, 4],
    [5, 6, 7, 8],
    [9, 10, 11],
    [12, 13],
  ];
  const shard = (given: number[][], worldSize: number, evenBatches: boolean) =>
    Array.from({ length: worldSize }, (_, rank) => [
      ...shardBatches(given, {
        rank,
        worldSize,
        evenBatches,
        dropLast: false,
        batchSize: undefined,
      }),
    ]);
  assert.equal(shard(batches, 2, true), [
    [
      [0, 1, 2],
      [5, 6, 7, 8],
      [12, 13],
    ],
    [
      [3, 4],
      [9, 10, 11],
      [0, 1, 2],
    ],
  ]);
  assert.equal(shard(batches, 2, false)[1], [
    [3, 4],
    [9, 10, 11],
  ]);
  assert.equal(shard([[7, 8]], 3, true), [[[7, 8]], [[7, 8]], [[7, 8]]]);
});

test.run();
