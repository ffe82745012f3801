import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Reading } from "./fixtures/read.ts";

const test = suite("data modes over three replicas");
const script = new URL("./fixtures/read.ts", import.meta.url);
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
const CONFIGURATIONS = [{}, { dispatchBatches: true }, { dispatchBatches: false }];
const ITSELF = { dispatchBatches: false };
/** What other tests look at, by name. */
const READINGS: Record<string, unknown[]> = {
  batches: ["tf.data batches", 8, 1, ITSELF],
  shared: ["sized", 3, 2, {}, { shard: false }],
  streams: ["async", 100, 2, ITSELF, { breakAfter: 2, prefetch: 3 }],
  dispatched: ["async", 100, 2, {}, { breakAfter: 2 }],
  twice: ["sized", 4, 2, ITSELF, { passes: 2 }],
  plain: ["iterable", 25, 2],
  ahead: ["iterable", 25, 2, {}, { prefetch: 4 }],
  failing: ["failing", 4, 1],
  ...Object.fromEntries(
    CONFIGURATIONS.flatMap((configuration) =>
      ["list", "iterable"].map((kind) => [
        `${kind} ${JSON.stringify(configuration)}`,
        [kind, 13, 2, configuration, { dropLast: true }],
      ]),
    ),
  ),
};

let everything: Promise<Reading[][]> | undefined;

/** What the ranks saw of everything above, all of it read in one launch. */
function readAll(): Promise<Reading[][]> {
  const calls = [...MODES.map((mode) => mode.slice(0, 4)), ...Object.values(READINGS)];
  everything ??= launchCalls<Reading>(script, 3, calls);
  return everything;
}

async function readingsOf(name: string): Promise<Reading[]> {
  const index = Object.keys(READINGS).indexOf(name);
  return (await readAll())[MODES.length + index] as Reading[];
}

for (const [index, [kind, length, batchSize, configuration, tails]] of MODES.entries()) {
  test(`${kind} of ${length} by ${batchSize} ${JSON.stringify(configuration)}: every sample once in the metrics`, async () => {
    const ranks = (await readAll())[index] as Reading[];
    assert.is(ranks.length, 3);
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

test("batches that the dataset makes are dealt in turn; whole ones complete the last round", async () => {
  assert.equal(
    (await readingsOf("batches")).map(({ batches }) => batches),
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
  for (const { batches } of await readingsOf("shared")) assert.equal(batches, [[0, 1], [2]]);
});

test("dropLast leaves out the incomplete window in every mode", async () => {
  for (const configuration of CONFIGURATIONS) {
    for (const kind of ["list", "iterable"]) {
      const name = `${kind} ${JSON.stringify(configuration)}`;
      for (const { batches, remainders } of await readingsOf(name)) {
        assert.equal([batches.length, remainders], [2, [-1, -1]], name);
      }
    }
  }
});

test("a stream is opened once per pass and closed on break; the dataset learns the epoch", async () => {
  for (const { batches, events } of await readingsOf("streams")) {
    assert.is(batches.length, 2);
    assert.equal(events, ["open", "close"]);
  }
  assert.equal(
    (await readingsOf("dispatched")).map(({ events }) => events),
    [["open", "close"], [], []],
    "rank 0 alone reads",
  );
  for (const { events } of await readingsOf("twice")) {
    assert.equal(events, ["epoch 0", "epoch 1"]);
  }
});

test("prefetching changes nothing but the time", async () => {
  assert.equal(
    (await readingsOf("ahead")).map(({ batches }) => batches),
    (await readingsOf("plain")).map(({ batches }) => batches),
  );
});

test("all ranks throw when rank 0 cannot read what it dispatches", async () => {
  for (const result of await readingsOf("failing")) {
    assert.match(
      String(result),
      /^DATA_INVALID Rank 0 could not read the dataset: the disk is on fire/,
    );
  }
});

test("splitting refuses a batch size that does not fit the replicas", async () => {
  const args = ["list", 4, 3, { splitBatches: true }];
  const error = await launch(script, { numProcesses: 2, args }).then(
    () => assert.unreachable(),
    (reason) => reason,
  );
  assert.is(error.code, "OPTION_INVALID");
  assert.match(error.message, "round multiple");
});

test.run();
