import { deepStrictEqual } from "node:assert";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("registerForCheckpointing");

test("takes plain values of any kind, and fills the same objects again (accelerate #2738)", async () => {
  const folder = join(scratch(), "c");
  const { accelerator } = await smallTraining();
  const make = () => ({
    ...{ step: 0, best: Number.POSITIVE_INFINITY, worst: Number.NaN, zero: -0, big: 0n },
    ...{ name: "", none: undefined as undefined | number, when: new Date(0), list: [] as number[] },
    ...{
      seen: new Map<string, number>(),
      tags: new Set<string>(),
      $: "dollar",
      deep: { a: { b: 0 } },
    },
    ...{
      history: new Float32Array(0),
      ids: new Int32Array(0),
      bytes: new Uint8Array(0),
      wide: new Float64Array(0),
    },
  });
  const saved = make();
  const list: unknown[] = [1, "two", { three: 3 }];
  const map = new Map<string, unknown>([["x", [1]]]);
  const returned = accelerator.registerForCheckpointing(saved, list, map);
  assert.is(returned[0], saved);
  Object.assign(saved, {
    step: 7,
    best: 0.25,
    big: 2n ** 70n,
    name: "ü\n",
    when: new Date(5),
    list: [1, 2],
  });
  Object.assign(saved, { seen: new Map([["a", 1]]), tags: new Set(["t"]), deep: { a: { b: 4 } } });
  Object.assign(saved, {
    history: Float32Array.of(0.1, Number.NaN),
    ids: Int32Array.of(-1),
    bytes: Uint8Array.of(255),
  });
  Object.assign(saved, { wide: Float64Array.of(0.1) });
  const expected = structuredClone(saved);
  await accelerator.saveState(folder, { wait: true });
  const deep = saved.deep;
  Object.assign(saved, make(), { deep, extra: 1 });
  saved.deep.a.b = 9;
  list.length = 0;
  map.clear();
  await accelerator.loadState(folder);
  deepStrictEqual(saved, expected);
  assert.is(saved.deep, deep, "objects inside stay the same objects");
  assert.not.ok("extra" in saved);
  assert.equal(list, [1, "two", { three: 3 }]);
  assert.equal([...map], [["x", [1]]]);
});

test("takes tensors and variables inside plain data", async () => {
  const folder = join(scratch(), "c");
  const { accelerator } = await smallTraining();
  const ema = {
    w: tf.variable(tf.tensor1d([1, 2, 3])),
    mask: tf.tensor1d([true, false], "bool"),
    words: tf.tensor1d(["a", "b"]),
  };
  const { w } = ema;
  accelerator.registerForCheckpointing(ema);
  await accelerator.saveState(folder, { wait: true });
  w.assign(tf.tensor1d([0, 0, 0]));
  await accelerator.loadState(folder);
  assert.is(ema.w, w);
  assert.equal([...w.dataSync()], [1, 2, 3]);
  assert.equal([...ema.mask.dataSync()], [1, 0]);
  assert.equal([...ema.words.dataSync()], ["a", "b"]);
});

test("takes objects with stateDict and loadStateDict, also asynchronous ones", async () => {
  const folder = join(scratch(), "c");
  const { accelerator } = await smallTraining();
  class Sampler {
    at = 3;
    async stateDict() {
      return { at: this.at, weights: Float32Array.of(1, 2) };
    }
    async loadStateDict(state: { at: number; weights: Float32Array }) {
      this.at = state.at + state.weights.length;
    }
  }
  const sampler = accelerator.registerForCheckpointing(new Sampler());
  await accelerator.saveState(folder, { wait: true });
  sampler.at = 0;
  await accelerator.loadState(folder);
  assert.is(sampler.at, 5);
});

test("names everything that cannot be saved in one error, and registers nothing", async () => {
  const folder = join(scratch(), "c");
  const { accelerator } = await smallTraining();
  const error = await errorOf(() =>
    accelerator.registerForCheckpointing({ a: 1 }, new URL("file:///x"), (() => 1) as never),
  );
  assert.is(error.code, "VALUE_INVALID");
  assert.match(error.message, /argument 1 \(URL\), argument 2 \(function\)/);
  await accelerator.saveState(folder, { wait: true });
  await accelerator.loadState(folder);
});

test("names the place of a value inside that cannot be saved; nothing is written", async () => {
  const { accelerator } = await smallTraining();
  const state: Record<string, unknown> = { a: [{ callback: () => 1 }] };
  accelerator.registerForCheckpointing(state);
  for (const [value, message] of [
    [{ a: [{ callback: () => 1 }] }, /"a\/0\/callback"/],
    [{ a: new WeakMap() }, /"a".*WeakMap/],
    [{ a: state }, /contains itself/],
  ] as const) {
    Object.assign(state, value);
    const error = await errorOf(accelerator.saveState(join(scratch(), "c")));
    assert.is(error.code, "VALUE_INVALID");
    assert.match(error.message, message);
  }
});

test("says if there are fewer or other objects than in the checkpoint, before anything changes", async () => {
  const folder = join(scratch(), "c");
  const first = await smallTraining();
  await first.step();
  first.accelerator.registerForCheckpointing({ a: 1 }, new Map());
  await first.accelerator.saveState(folder, { wait: true });
  const second = await smallTraining();
  const before = second.values();
  second.accelerator.registerForCheckpointing({ a: 2 });
  const fewer = await errorOf(second.accelerator.loadState(folder));
  assert.is(fewer.code, "CHECKPOINT_MODEL_MISMATCH");
  assert.match(fewer.message, /2 object\(s\).*1 are registered/);
  second.accelerator.registerForCheckpointing(["list"]);
  assert.match(
    (await errorOf(second.accelerator.loadState(folder))).message,
    /object 1 .* is a list, and a Map/,
  );
  assert.equal(second.values(), before);
});

test.run();
