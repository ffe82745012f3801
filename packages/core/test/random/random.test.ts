import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shuffledIndices } from "../../src/data/samplers/shuffled-indices.ts";
import { Random } from "../../src/random/random.ts";

const test = suite("random order");

/** xoshiro128** 1.1 in 64-bit integers, written apart from ours; its state comes from SplitMix32. */
function* reference(seed: number): Generator<number> {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const rotate = (value: bigint, bits: bigint): bigint =>
    word((value << bits) | (value >> (32n - bits)));
  let mixed = BigInt(seed);
  const state: bigint[] = [];
  for (let i = 0; i < 4; i++) {
    mixed = word(mixed + 0x9e3779b9n);
    let z = mixed;
    z = word((z ^ (z >> 16n)) * 0x85ebca6bn);
    z = word((z ^ (z >> 13n)) * 0xc2b2ae35n);
    state.push(z ^ (z >> 16n));
  }
  let [a, b, c, d] = state as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number(word(rotate(word(b * 5n), 7n) * 9n));
    const t = word(b << 9n);
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11n);
  }
}

test("follows xoshiro128** bit for bit", () => {
  for (const seed of [0, 1, 42, 2 ** 32 - 1]) {
    const random = new Random(seed);
    const expected = reference(seed);
    for (let i = 0; i < 1000; i++) assert.is(random.nextUint32(), expected.next().value);
  }
});

test("draws every number below a bound about equally often", () => {
  const random = new Random(3);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) {
    const drawn = random.nextBelow(7);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  assert.ok(
    counts.every((count) => Math.abs(count - 10_000) < 500),
    counts.join(" "),
  );
});

test("gives a permutation, the same for the same seed, another for another", () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index);
  const first = shuffledIndices(100, 5);
  assert.equal(
    [...first].sort((a, b) => a - b),
    sorted,
  );
  assert.not.equal(first, sorted);
  assert.equal(shuffledIndices(100, 5), first);
  assert.not.equal(shuffledIndices(100, 6), first);
  assert.equal(shuffledIndices(0, 1), []);
  assert.equal(shuffledIndices(1, 1), [0]);
});

test.run();
