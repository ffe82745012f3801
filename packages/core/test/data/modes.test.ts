import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";
import type { Reading } from "./fixtures/read.ts";

const test = suite("data modes over three replicas");
const script = new URL("./fixtures/read.ts", import.meta.url);
const read = (...args: unknown[]) => launch<Reading>(script, { numProcesses: 3, args });
const order = (length: number) => Array.from({ length }, (_, index) => index);

// kind of dataset, samples, batch size, configuration, rows of the last step on every rank
const MODES: [string, number, number, object, number[][]][] = [
  [
    "list",
    13,
    2,
    {},
    [
      [12, 0],
      [1, 2],
      [3, 4],
    ],
  ],
  [
    "rows",
    13,
    6,
    { splitBatches: true },
    [
      [12, 0],
      [1, 2],
      [3, 4],
    ],
  ],
  ["list", 13, 2, { dispatchBatches: true }, [[12], [0], [1]]],
  ["rows", 14, 6, { dispatchBatches: true, splitBatches: true }, [[12], [13], [0]]],
  ["iterable", 13, 2, {}, [[12], [0], [1]]],
  [
    "iterable",
    13,
    2,
    { dispatchBatches: false },
    [
      [12, 0],
      [1, 2],
      [3, 4],
    ],
  ],
  [
    "async",
    16,
    6,
    { splitBatches: true },
    [
      [12, 13],
      [14, 15],
      [0, 1],
    ],
  ],
  [
    "sized",
    13,
    2,
    { dispatchBatches: false },
    [
      [12, 0],
      [1, 2],
      [3, 4],
    ],
  ],
  ["tf.data", 13, 2, {}, [[12], [0], [1]]],
  [
    "tensors",
    13,
    2,
    { dispatchBatches: false },
    [
      [12, 0],
      [1, 2],
      [3, 4],
    ],
  ],
];
for (const [kind, length, batchSize, configuration, tails] of MODES) {
  test(`${kind} of ${length} by ${batchSize} ${JSON.stringify(configuration)}: every sample once in the metrics`, async () => {
    const ranks = await read(kind, length, batchSize, configuration);
    for (const [rank, reading] of ranks.entries()) {
      assert.equal(reading.batches.at(-1), tails[rank]);
      assert.equal(reading.gathered.flat(), order(length));
      assert.equal(reading.ends, [...reading.ends.slice(1).fill(false), true]);
      assert.is(reading.tensorsLeft, 0);
      const sized = !["iterable", "async", "tf.data", "tensors"].includes(kind);
      assert.is(reading.length, sized ? reading.batches.length : "STATE_INVALID");
    }
  });
}

test("batches that the dataset makes go round, whole ones complete the last round", async () => {
  const ranks = await read("tf.data batches", 8, 1, { dispatchBatches: false });
  assert.equal(
    ranks.map(({ batches }) => batches),
    [
      [
        [0, 1],
        [6, 7],
      ],
      [
        [2, 3],
        [0, 1],
      ],
      [
        [4, 5],
        [2, 3],
      ],
    ],
  );
});

test("a stream that is shared out already is left alone", async () => {
  for (const { batches } of await read("sized", 3, 2, {}, { shard: false })) {
    assert.equal(batches, [[0, 1], [2]]);
  }
});

test("dropLast leaves out the incomplete window in every mode", async () => {
  for (const configuration of [{}, { dispatchBatches: true }, { dispatchBatches: false }]) {
    for (const kind of ["list", "iterable"]) {
      for (const { batches, remainders } of await read(kind, 13, 2, configuration, {
        dropLast: true,
      })) {
        assert.equal([batches.length, remainders], [2, [-1, -1]], kind);
      }
    }
  }
});

test("a stream is opened once per pass and closed on break; the dataset learns the epoch", async () => {
  const streams = await read(
    "async",
    100,
    2,
    { dispatchBatches: false },
    { breakAfter: 2, prefetch: 3 },
  );
  for (const { batches, events } of streams) {
    assert.is(batches.length, 2);
    assert.equal(events, ["open", "close"]);
  }
  const dispatched = await read("async", 100, 2, {}, { breakAfter: 2 });
  assert.equal(
    dispatched.map(({ events }) => events),
    [["open", "close"], [], []],
    "rank 0 alone reads",
  );
  for (const { events } of await read("sized", 4, 2, { dispatchBatches: false }, { passes: 2 })) {
    assert.equal(events, ["epoch 0", "epoch 1"]);
  }
});

test("prefetching changes nothing but the time", async () => {
  const plain = await read("iterable", 25, 2);
  const ahead = await read("iterable", 25, 2, {}, { prefetch: 4 });
  assert.equal(
    ahead.map(({ batches }) => batches),
    plain.map(({ batches }) => batches),
  );
});

test("all ranks throw when rank 0 cannot read what it dispatches", async () => {
  for (const result of await read("failing", 4, 1)) {
    assert.match(
      String(result),
      /^DATA_INVALID Rank 0 could not read the dataset: the disk is on fire/,
    );
  }
});

test("splitting refuses a batch size that does not fit the replicas", async () => {
  const error = await read("list", 4, 4, { splitBatches: true }).then(
    () => assert.unreachable(),
    (reason) => reason,
  );
  assert.is(error.code, "OPTION_INVALID");
  assert.match(error.message, "round multiple");
});

test.run();
