import type * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AcceleratorError, DataLoader } from "../../src/index.ts";
import { watchThreads } from "../launch/watch-threads.ts";

const test = suite("decoding samples");
const threads = watchThreads();
const decode = new URL("./fixtures/decode.ts", import.meta.url);
const samples = (length: number) => Array.from({ length }, (_, index) => index);

async function values(
  loader: AsyncIterable<tf.Tensor2D>,
): Promise<{ decoded: number[]; threads: Set<number> }> {
  const rows: number[][] = [];
  for await (const batch of loader) rows.push(...(await batch.array()));
  return {
    decoded: rows.map(([value]) => value as number),
    threads: new Set(rows.map(([, thread]) => thread as number)),
  };
}

for (const numWorkers of [0, 1, 3]) {
  test(`keeps the order with ${numWorkers} workers, which end with the loop`, async () => {
    const known = threads.all.length;
    const loader = new DataLoader<tf.Tensor2D>(samples(12), { batchSize: 4, decode, numWorkers });
    const seen = await values(loader);
    assert.equal(
      seen.decoded,
      samples(12).map((value) => value * 10),
    );
    assert.is(threads.all.length - known, numWorkers);
    assert.is(seen.threads.has(0), numWorkers === 0);
    assert.is(threads.alive.size, 0);
  });
}

test("the workers end when the loop is broken off", async () => {
  const loader = new DataLoader<tf.Tensor2D>(samples(12), { batchSize: 2, decode, numWorkers: 2 });
  for await (const _ of loader) break;
  assert.is(threads.alive.size, 0);
});

test("an error names the sample and ends the workers", async () => {
  for (const numWorkers of [0, 2]) {
    const loader = new DataLoader<tf.Tensor2D>(samples(20), { batchSize: 4, decode, numWorkers });
    const error: AcceleratorError = await values(loader).then(
      () => assert.unreachable(),
      (reason) => reason,
    );
    assert.is(error.code, "DATA_INVALID");
    assert.match(error.message, "Sample 13 could not be decoded: unlucky");
    assert.is(threads.alive.size, 0);
  }
});

test("streams are decoded too", async () => {
  const stream = (function* () {
    yield* samples(5);
  })();
  const seen = await values(
    new DataLoader<tf.Tensor2D>(stream, { batchSize: 2, decode, numWorkers: 1 }),
  );
  assert.equal(seen.decoded, [0, 10, 20, 30, 40]);
});

test("workers without anything to decode are refused", () => {
  assert.throws(() => new DataLoader([1], { numWorkers: 2 }), /decode/);
  assert.throws(() => new DataLoader([1], { decode, numWorkers: -1 }), /numWorkers/);
});

test.run();
