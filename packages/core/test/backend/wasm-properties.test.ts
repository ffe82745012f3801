import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { gradients } from "./compare-backends.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("kernels of ours on the wasm backend give what cpu gives, over random shapes");

const NUM_RUNS = 30;
const TOLERANCE = 1e-4;

type Type = "float32" | "int32" | "bool";
type Size = fc.Arbitrary<number>;
type Fn = (...inputs: tf.Tensor[]) => tf.Tensor;
/** What is computed from tensors of these shapes. */
type Case = { readonly shapes: number[][]; readonly fn: Fn; readonly types?: readonly Type[] };

const upTo = (max: number, min = 1): Size => fc.integer({ min, max });
const shape = (rank: number): fc.Arbitrary<number[]> =>
  fc.array(upTo(4), { minLength: rank, maxLength: rank });
const strides = fc.constantFrom<number | [number, number]>(1, 2, [2, 1], [1, 3]);
const pads = fc.constantFrom<"same" | "valid">("same", "valid");
const seed = fc.nat(1000);

function values(dims: readonly number[], type: Type, start: number): tf.Tensor {
  const size = dims.reduce((product, length) => product * length, 1);
  const numbers = Array.from(
    { length: size },
    (_, i) => Math.sin(i * 12.9898 + start * 78.233) * 3,
  );
  if (type === "bool")
    return tf.tensor(
      numbers.map((n) => n > 0),
      [...dims],
      "bool",
    );
  return tf.tensor(type === "int32" ? numbers.map(Math.trunc) : numbers, [...dims], type);
}

/** Fills the memory that is handed out next with the numbers of an earlier call. */
function fillFreeMemory(): void {
  tf.dispose(Array.from({ length: 24 }, (_, i) => tf.fill([(i + 1) * 9], 7000)));
}

async function results({ shapes, fn, types = [] }: Case, start: number, differentiate: boolean) {
  const found: { shape: number[]; dtype: string; values: tf.TypedArray }[][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    await selectBackend(backend);
    fillFreeMemory();
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(() => {
      const inputs = shapes.map((dims, i) => values(dims, types[i] ?? "float32", start + i));
      return [fn(...inputs), ...(differentiate ? gradients(fn, inputs) : [])];
    });
    found.push(tensors.map((t) => ({ shape: t.shape, dtype: t.dtype, values: t.dataSync() })));
    tf.dispose(tensors);
    assert.is(tf.memory().numTensors, before, `leaks on ${backend}`);
  }
  return found as [(typeof found)[0], (typeof found)[0]];
}

function property(name: string, cases: fc.Arbitrary<Case>, differentiate: boolean): void {
  test(name, () =>
    fc.assert(
      fc.asyncProperty(cases, seed, async (example, start) => {
        const [cpu, wasm] = await results(example, start, differentiate);
        for (const [index, expected] of cpu.entries()) {
          const actual = wasm[index];
          assert.equal(actual?.shape, expected.shape);
          assert.is(actual?.dtype, expected.dtype);
          const scale = Math.max(
            1,
            ...Array.from(expected.values, Math.abs).filter(Number.isFinite),
          );
          for (const [i, value] of expected.values.entries()) {
            const other = actual?.values[i] as number;
            const same = Object.is(value, other) || Math.abs(value - other) <= TOLERANCE * scale;
            assert.ok(
              same,
              `[${example.shapes.join("] [")}] result ${index}: ${other}, not ${value}`,
            );
          }
        }
      }),
      { numRuns: NUM_RUNS },
    ),
  );
}

const image = (channels: Size) => fc.tuple(upTo(3), upTo(8, 3), upTo(8, 3), channels);
const filter = fc.tuple(upTo(3), upTo(3));

property(
  "convolutions, dense and depthwise",
  fc
    .record({
      x: image(upTo(4)),
      size: filter,
      out: upTo(4),
      strides,
      pad: pads,
      dense: fc.boolean(),
    })
    .map(({ x, size, out, strides, pad, dense }) => ({
      shapes: [x, [...size, x[3], out]],
      fn: (a, b) =>
        dense
          ? tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad)
          : tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad),
    })),
  true,
);

property(
  "transposed convolutions",
  fc
    .record({ x: image(upTo(3)), size: filter, out: upTo(3), stride: upTo(3) })
    .map(({ x: [batch, height, width, channels], size, out, stride }) => ({
      shapes: [
        [batch, height, width, channels],
        [...size, out, channels],
      ],
      fn: (a, b) =>
        tf.conv2dTranspose(
          a as tf.Tensor4D,
          b as tf.Tensor4D,
          [batch, height * stride, width * stride, out],
          stride,
          "same",
        ),
    })),
  true,
);

const volume = (channels: Size) => fc.tuple(upTo(2), upTo(5, 2), upTo(5, 2), upTo(5, 2), channels);

property(
  "three-dimensional convolutions and pooling",
  fc
    .record({
      x: volume(upTo(3)),
      size: fc.tuple(upTo(2), upTo(2), upTo(2)),
      stride: upTo(2),
      pad: pads,
      kind: fc.constantFrom("convolution", "maximum", "average"),
    })
    .map(({ x, size, stride, pad, kind }) => ({
      shapes: kind === "convolution" ? [x, [...size, x[4], 2]] : [x],
      fn: (a, b) => {
        const input = a as tf.Tensor5D;
        if (kind === "convolution") return tf.conv3d(input, b as tf.Tensor5D, stride, pad);
        return (kind === "maximum" ? tf.maxPool3d : tf.avgPool3d)(input, size, stride, pad);
      },
    })),
  true,
);

property(
  "maximum pooling",
  fc
    .record({ x: image(upTo(5)), size: filter, strides, pad: pads })
    .map(({ x, size, strides, pad }) => ({
      shapes: [x],
      fn: (a) => tf.maxPool(a as tf.Tensor4D, size, strides, pad),
    })),
  true,
);

property(
  "resized images",
  fc
    .record({
      x: fc.tuple(upTo(3), upTo(6), upTo(6), upTo(4)),
      size: fc.tuple(upTo(9), upTo(9)),
      mode: fc.constantFrom("plain", "corners", "half"),
      nearest: fc.boolean(),
    })
    .map(({ x, size, mode, nearest }) => ({
      shapes: [x],
      fn: (a) =>
        (nearest ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear)(
          a as tf.Tensor4D,
          size,
          mode === "corners",
          mode === "half",
        ),
    })),
  true,
);

property(
  "matrix products of any type",
  fc
    .record({
      sizes: fc.tuple(upTo(6), upTo(6), upTo(6)),
      batch: shape(2),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      types: fc.tuple(...[0, 1].map(() => fc.constantFrom<Type>("float32", "int32"))),
    })
    .map(({ sizes: [m, k, n], batch, transposeA, transposeB, types }) => ({
      shapes: [
        [...batch, ...(transposeA ? [k, m] : [m, k])],
        [...batch, ...(transposeB ? [n, k] : [k, n])],
      ],
      types: types as Type[],
      fn: (a, b) => tf.matMul(a, b, transposeA, transposeB),
    })),
  false,
);

property(
  "gather with and without batch dimensions",
  fc
    .record({
      dims: shape(3),
      more: upTo(3),
      batchDims: fc.constantFrom(0, 1, 2),
      last: fc.boolean(),
    })
    .map(({ dims, more, batchDims, last }) => {
      const axis = last ? 2 : batchDims;
      const places = [...dims.slice(0, batchDims), more];
      return {
        shapes: [dims, places],
        fn: (x, noise) => {
          const length = dims[axis] as number;
          const indices = tf.cast(tf.floor(tf.mod(tf.abs(tf.mul(noise, 100)), length)), "int32");
          return tf.gather(x, indices, axis, batchDims);
        },
      };
    }),
  false,
);

property(
  "cumulative sums and products over any axis",
  fc
    .record({
      dims: shape(3),
      axis: upTo(2, -3),
      exclusive: fc.boolean(),
      reverse: fc.boolean(),
      sum: fc.boolean(),
    })
    .map(({ dims, axis, exclusive, reverse, sum }) => ({
      shapes: [dims],
      fn: (x) => (sum ? tf.cumsum : tf.cumprod)(x, axis, exclusive, reverse),
    })),
  false,
);

const UNARY = [
  ...[tf.abs, tf.asinh, tf.exp, tf.expm1, tf.isNaN, tf.log1p],
  ...[tf.neg, tf.relu, tf.relu6, tf.square],
];

property(
  "elementwise functions of any type, with NaN",
  fc
    .record({
      dims: shape(2),
      unary: fc.constantFrom(...UNARY),
      type: fc.constantFrom<Type>("float32", "int32", "bool"),
    })
    .map(({ dims, unary, type }) => ({
      shapes: [dims, dims],
      types: [type],
      fn: (x, other) => {
        if (type === "bool") return tf.add(tf.relu(x), tf.exp(x)); // the cpu backend keeps -1 as a bool
        if (type === "int32") return unary(x);
        return tf.clipByValue(unary(tf.where(tf.greater(other, 1), Number.NaN, x)), -2, 2);
      },
    })),
  false,
);

property(
  "maxima, minima and choices with NaN",
  fc.record({ dims: shape(3), larger: fc.boolean() }).map(({ dims, larger }) => ({
    shapes: [dims, dims.slice(1)],
    fn: (a, b) => (larger ? tf.maximum : tf.minimum)(tf.where(tf.less(a, -1), Number.NaN, a), b),
  })),
  false,
);

test("casts to bool, and keeps strings and complex numbers", async () => {
  await selectBackend("wasm");
  assert.equal([...tf.cast(tf.tensor1d([0, 3, 0.5, -1]), "bool").dataSync()], [0, 1, 1, 1]);
  const words = tf.tensor2d(["a", "b", "c", "a"], [2, 2]);
  assert.equal([...tf.equal(words, tf.tensor("a")).dataSync()], [1, 0, 0, 1]);
  assert.equal(tf.tile(words, [1, 2]).arraySync()[1] as unknown, ["c", "a", "c", "a"]);
  const product = tf.mul(tf.complex([1, 2], [1, 0]), tf.complex([0, 3], [1, 1]));
  assert.equal([...tf.real(product).dataSync(), ...tf.imag(product).dataSync()], [-1, 6, 1, 2]);
});

test.run();
