import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shardBatches, shardLength } from "../../src/data/shard.ts";
import { splitBatches, splitLength } from "../../src/data/split.ts";
import { dispatchStream, shardStream, streamLength } from "../../src/data/stream-shard.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("sharding of any sizes");
const sizes = fc.record({
  length: fc.nat(80),
  batchSize: fc.integer({ min: 1, max: 9 }),
  worldSize: fc.integer({ min: 2, max: 7 }),
});
const order = (length: number) => Array.from({ length }, (_, index) => index);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

function batchesOf(length: number, size: number): number[][] {
  return order(Math.ceil(length / size)).map((b) => order(length).slice(b * size, (b + 1) * size));
}

async function* stream(length: number): AsyncGenerator<number> {
  yield* order(length);
}

/** What holds for the shares of all ranks, `perStep` samples in a step of one rank. */
function requireEven(ranks: number[][][], length: number, perStep: number): void {
  const steps = new Set(ranks.map((shares) => shares.length));
  assert.is(steps.size, 1, "all ranks make the same number of steps");
  assert.ok(
    ranks.flat().every((share) => share.length === perStep),
    "every step is full",
  );
  assert.equal(sorted(new Set(ranks.flat(2))), order(length), "every sample is there");
  const padding = ranks.flat(2).length - length;
  assert.ok(padding < ranks.length * perStep, "no more padding than one step");
}

test("whole batches", () => {
  fc.assert(
    fc.property(sizes, ({ length, batchSize, worldSize }) => {
      const shards = (evenBatches: boolean, dropLast: boolean) =>
        order(worldSize).map((rank) => {
          const options = { rank, worldSize, batchSize, evenBatches, dropLast };
          const batches = batchesOf(length, batchSize).filter(
            (b) => !dropLast || b.length === batchSize,
          );
          const shard = [...shardBatches(batches, options)].map((batch) => [...batch]);
          assert.is(shardLength(batches.length, options), shard.length);
          return shard;
        });
      requireEven(shards(true, false), length, batchSize);
      assert.equal(sorted(shards(false, false).flat(2)), order(length));
      const kept = Math.floor(length / (batchSize * worldSize)) * batchSize * worldSize;
      assert.equal(sorted(shards(true, true).flat(2)), order(kept));
    }),
  );
});

test("split batches", () => {
  fc.assert(
    fc.property(sizes, ({ length, batchSize: sliceSize, worldSize }) => {
      const batchSize = sliceSize * worldSize;
      const slices = (evenBatches: boolean) =>
        order(worldSize).map((rank) => {
          const options = { rank, worldSize, batchSize, evenBatches, dropLast: false };
          const all = [...splitBatches(batchesOf(length, batchSize), options)].map((slice) => [
            ...slice,
          ]);
          assert.is(splitLength(length, options), all.length);
          return all;
        });
      requireEven(slices(true), length, sliceSize);
      assert.equal(sorted(slices(false).flat(2)), order(length));
    }),
  );
});

test("streams that every rank reads", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ({ length, batchSize: shareSize, worldSize }) => {
      const ranks: number[][][] = [];
      for (const rank of order(worldSize)) {
        const shares: number[][] = [];
        const options = { rank, worldSize, shareSize, dropLast: false };
        for await (const { items } of shardStream(stream(length), options)) shares.push([...items]);
        assert.is(streamLength(length, options), shares.length);
        ranks.push(shares);
      }
      requireEven(ranks, length, shareSize);
    }),
  );
});

test("streams that one rank reads", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ({ length, batchSize: shareSize, worldSize }) => {
      let seen = 0;
      for await (const { shares, realSamples } of dispatchStream(stream(length), {
        worldSize,
        shareSize,
        dropLast: false,
      })) {
        const [first] = shares;
        assert.ok(shares.every((share) => share.length === first?.length && share.length > 0));
        const real = order(realSamples).map((index) => seen + index);
        assert.equal(shares.flat().slice(0, realSamples), real, "real samples first, in order");
        assert.ok(shares.flat().length - realSamples < worldSize, "hardly any padding");
        seen += realSamples;
      }
      assert.is(seen, length);
    }),
  );
});

test.run();
