import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SingleProcess } from "../../src/collective/single-process.ts";
import type { LoaderObserver } from "../../src/data/loader-observer.ts";
import { PreparedDataLoader } from "../../src/data/prepared-data-loader.ts";
import { type AcceleratorError, DataLoader } from "../../src/index.ts";

const test = suite("data loader");
const numbers = (length: number) => Array.from({ length }, (_, index) => index);

/** Records what a prepared loader tells its accelerator. */
class Recorder implements LoaderObserver {
  readonly events: string[] = [];
  backwards = 0;
  isInner(): boolean {
    return false;
  }
  begin(): void {
    this.events.push("begin");
  }
  endStep(): void {
    this.events.push("over");
  }
  beginStep(): void {
    this.events.push("step");
  }
  end(): void {
    this.events.push("end");
  }
}

function prepare<T>(loader: DataLoader<T>, rank = 0, worldSize = 1, baseSeed = loader.baseSeed) {
  const observer = new Recorder();
  const collective = Object.assign(new SingleProcess(), { rank, worldSize });
  const modes = { evenBatches: true, splitBatches: false, dispatchBatches: false };
  const seed = { read: () => baseSeed, current: baseSeed, restore: () => {} };
  const options = { collective, ...modes, seed, observer };
  return { loader: new PreparedDataLoader(loader, options), events: observer.events };
}

async function rows(loader: AsyncIterable<tf.Tensor>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const batch of loader) all.push([...batch.dataSync()]);
  return all;
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as AcceleratorError).code;
  }
  return "no error";
}

async function failureOf(loader: AsyncIterable<unknown>): Promise<AcceleratorError> {
  try {
    for await (const _ of loader);
  } catch (error) {
    return error as AcceleratorError;
  }
  throw new Error("the pass should have failed");
}

test("stacks samples of every kind", async () => {
  const samples = [
    { x: Float32Array.of(1, 2), label: 3, name: "a", ok: true, pair: [[1, 2, 3], tf.ones([2, 2])] },
    {
      x: Float32Array.of(4, 5),
      label: 6,
      name: "b",
      ok: false,
      pair: [[4, 5, 6], tf.zeros([2, 2])],
    },
  ];
  type Batch = {
    x: tf.Tensor;
    label: tf.Tensor;
    name: tf.Tensor;
    ok: tf.Tensor;
    pair: tf.Tensor[];
  };
  for await (const { x, label, name, ok, pair } of new DataLoader<Batch>(samples, {
    batchSize: 2,
  })) {
    assert.equal([x.shape, x.dtype, [...x.dataSync()]], [[2, 2], "float32", [1, 2, 4, 5]]);
    assert.equal([label.shape, label.dtype, [...label.dataSync()]], [[2], "float32", [3, 6]]);
    assert.equal([name.shape, name.dtype, [...name.dataSync()]], [[2], "string", ["a", "b"]]);
    assert.equal([ok.shape, ok.dtype, [...ok.dataSync()]], [[2], "bool", [1, 0]]);
    assert.equal(
      pair.map((part) => part.shape),
      [
        [2, 3],
        [2, 2, 2],
      ],
    );
    assert.equal([...(pair[1] as tf.Tensor).dataSync()], [1, 1, 1, 1, 0, 0, 0, 0]);
  }
});

test("reads the rows of tensors and typed arrays, in tuples and objects", async () => {
  const x = tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const y = Int32Array.of(7, 8, 9);
  for await (const [a, b] of new DataLoader<[tf.Tensor, tf.Tensor]>([x, y], { batchSize: 3 })) {
    assert.equal(
      [a.shape, [...a.dataSync()]],
      [
        [3, 2],
        [1, 2, 3, 4, 5, 6],
      ],
    );
    assert.equal([b.shape, b.dtype, [...b.dataSync()]], [[3], "int32", [7, 8, 9]]);
  }
  const named = new DataLoader<{ x: tf.Tensor; y: tf.Tensor }>({ x, y }, { batchSize: 2 });
  const seen: number[][] = [];
  for await (const batch of named) seen.push([...batch.x.dataSync()], [...batch.y.dataSync()]);
  assert.equal(seen, [[1, 2, 3, 4], [7, 8], [5, 6], [9]]);
  const vectors = new DataLoader<tf.Tensor>([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
  assert.equal(
    await rows(vectors),
    [
      [1, 2],
      [3, 4],
    ],
    "a list of typed arrays is a list of samples",
  );
});

test("reads { length, get }, also asynchronously, and joins with the user's collate", async () => {
  const dataset = { length: 3, get: async (index: number) => index * 10 };
  assert.equal(await rows(new DataLoader<tf.Tensor>(dataset, { batchSize: 2 })), [[0, 10], [20]]);
  const collate = (samples: unknown[]) => samples.join("+");
  const texts: string[] = [];
  for await (const text of new DataLoader<string>(dataset, { batchSize: 2, collate }))
    texts.push(text);
  assert.equal(texts, ["0+10", "20"]);
});

test("counts batches, drops the last, and takes a batch sampler", async () => {
  assert.is(new DataLoader(numbers(7), { batchSize: 3 }).length, 3);
  const dropping = new DataLoader<tf.Tensor>(numbers(7), { batchSize: 3, dropLast: true });
  assert.equal(
    [dropping.length, await rows(dropping)],
    [
      2,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
  );
  const batchSampler = [[2, 0], [1]];
  const sampled = new DataLoader<tf.Tensor>(numbers(3), { batchSampler });
  assert.equal([sampled.length, await rows(sampled)], [2, [[2, 0], [1]]]);
});

test("refuses bad options and data, saying what was found", async () => {
  for (const batchSize of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.is(
      codeOf(() => new DataLoader(numbers(3), { batchSize })),
      "BATCH_SIZE_INVALID",
    );
  }
  assert.is(
    codeOf(() => new DataLoader(numbers(3), { seed: 0.5 })),
    "OPTION_INVALID",
  );
  const batchSampler = [[0]];
  assert.is(
    codeOf(() => new DataLoader(numbers(3), { batchSampler, shuffle: true })),
    "OPTION_INVALID",
  );
  assert.is(
    codeOf(() => new DataLoader(5 as never)),
    "DATA_INVALID",
  );
  assert.is(
    codeOf(() => new DataLoader([tf.ones([3]), tf.ones([4])])),
    "DATA_INVALID",
  );
  assert.is(
    codeOf(() => new DataLoader(tf.scalar(1))),
    "DATA_INVALID",
  );
  const ragged = await failureOf(
    new DataLoader(
      [
        [1, 2],
        [1, 2, 3],
      ],
      { batchSize: 2 },
    ),
  );
  assert.is(ragged.code, "SAMPLE_INVALID");
  assert.match(ragged.message, "Sample 1");
  const nested = await failureOf(
    new DataLoader([{ a: { b: 1 } }, { a: { b: null } }], { batchSize: 2 }),
  );
  assert.match(nested.message, "a.b");
});

test("shuffles alike on every rank, anew in every epoch, and again after setEpoch", async () => {
  const data = new DataLoader<tf.Tensor>(numbers(10), { batchSize: 2, shuffle: true, seed: 3 });
  const other = new DataLoader<tf.Tensor>(numbers(10), { batchSize: 2, shuffle: true });
  const ranks = [prepare(data, 0, 2, 3).loader, prepare(other, 1, 2, 3).loader];
  const epochs: number[][] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    const shards = await Promise.all(ranks.map(rows));
    const seen = shards.flat(2);
    assert.equal(
      [...new Set(seen)].sort((a, b) => a - b),
      numbers(10),
    );
    epochs.push(seen);
  }
  assert.not.equal(epochs[0], epochs[1]);
  assert.not.equal(epochs[1], epochs[2]);
  for (const loader of ranks) loader.setEpoch(0);
  assert.equal((await Promise.all(ranks.map(rows))).flat(2), epochs[0]);
});

test("a pass that is broken off moves on to the next order too", async () => {
  const { loader } = prepare(new DataLoader<tf.Tensor>(numbers(20), { shuffle: true, seed: 1 }));
  const first: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    assert.is(loader.epoch, epoch);
    for await (const batch of loader) {
      first.push(batch.dataSync()[0] as number);
      if (first.length % 5 === 0) break;
    }
  }
  assert.not.equal(first.slice(0, 5), first.slice(5));
});

test("knows the last batch while it is in hand, and the real samples in it", async () => {
  const { loader } = prepare(new DataLoader<tf.Tensor>(numbers(16), { batchSize: 4 }));
  for (let pass = 0; pass < 2; pass++) {
    const ends: boolean[] = [];
    for await (const _ of loader) ends.push(loader.endOfDataloader);
    assert.equal(ends, [false, false, false, true]);
    assert.is(loader.endOfDataloader, false);
  }
  const remainder = (length: number, batchSize: number, worldSize: number, dropLast = false) =>
    prepare(new DataLoader(numbers(length), { batchSize, dropLast }), 0, worldSize).loader
      .remainder;
  assert.equal(
    [remainder(13, 2, 3), remainder(12, 2, 3), remainder(5, 2, 3), remainder(13, 2, 3, true)],
    [1, 0, 5, -1],
  );
});

test("tells its accelerator the end exactly once: complete, broken off, thrown out of, returned", async () => {
  const data = new DataLoader<tf.Tensor>(numbers(3));
  const complete = prepare(data);
  await rows(complete.loader);
  assert.equal(complete.events, ["begin", "step", "over", "step", "over", "step", "over", "end"]);

  const broken = prepare(data);
  for await (const _ of broken.loader) break;
  assert.equal(broken.events, ["begin", "step", "end"]);

  const thrown = prepare(data);
  const body = async () => {
    for await (const _ of thrown.loader) throw new Error("body");
  };
  assert.is(await body().catch((error: Error) => error.message), "body");
  assert.equal(thrown.events, ["begin", "step", "end"]);

  const manual = prepare(data);
  const iterator = manual.loader[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
  await iterator.return?.();
  assert.equal(await iterator.next(), { done: true, value: undefined });
  assert.equal(manual.events, ["begin", "step", "end"]);

  const empty = prepare(new DataLoader([]));
  await rows(empty.loader as PreparedDataLoader<tf.Tensor>);
  assert.equal(empty.events, ["begin", "end"]);

  const faulty = prepare(new DataLoader({ length: 2, get: () => null }));
  assert.is((await failureOf(faulty.loader)).code, "SAMPLE_INVALID");
  assert.equal(faulty.events, ["begin", "end"]);
});

test("serves calls of next that do not wait for each other in order", async () => {
  const { loader } = prepare(new DataLoader<tf.Tensor>(numbers(3)));
  const iterator = loader[Symbol.asyncIterator]();
  const results = await Promise.all([1, 2, 3, 4].map(() => iterator.next()));
  assert.equal(
    results.map(({ done, value }) => (done ? "end" : value?.dataSync()[0])),
    [0, 1, 2, "end"],
  );
});

test("closes an abandoned pass when a new one begins, but refuses two at once", async () => {
  const { loader, events } = prepare(new DataLoader<tf.Tensor>(numbers(3)));
  await loader[Symbol.asyncIterator]().next();
  assert.is((await rows(loader)).length, 3);
  assert.equal(
    events.filter((event) => event !== "over"),
    ["begin", "step", "end", "begin", "step", "step", "step", "end"],
  );
  const pending = loader[Symbol.asyncIterator]().next();
  assert.is((await failureOf(loader)).code, "STATE_INVALID");
  await pending;
});

test.run();
