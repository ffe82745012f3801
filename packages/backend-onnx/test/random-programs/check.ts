import "../compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { selectBackend } from "../../../core/src/backend/select-backend.ts";
import { OnnxBackend } from "../../src/backend.ts";
import "../../src/index.ts";
import { probeRuntime } from "../../src/ort/probe-runtime.ts";
import { registerAllKernels } from "../../src/register-all-kernels.ts";
import { Draw } from "./draw.ts";
import { type Numbers, sizeOf } from "./numbers.ts";
import type { Input, Kind, Program } from "./program.ts";

/** Of float32, relative to the largest number of a tensor. */
const TOLERANCE = 2e-4;
const STEP = 1e-5;
/** Elements of each tensor whose slope is compared. */
const SLOPES = 12;

/** The tiers of the onnx backend: single calls at once, recorded and then computed one by one, one graph. */
for (const name of ["onnx-eager", "onnx-recorded", "onnx-graph"]) {
  tf.registerBackend(
    name,
    () => {
      const { runtime, blockSize } = probeRuntime();
      const backend = new OnnxBackend(runtime, blockSize);
      const { tiers } = backend.device.recorder;
      tiers.compilesAll = name === "onnx-graph";
      tiers.recordsAll = name === "onnx-recorded";
      return backend;
    },
    0,
  );
  registerAllKernels(name);
}
const BACKENDS = ["cpu", "wasm", "onnx-eager", "onnx-recorded", "onnx-graph"];

async function useBackend(name: string): Promise<void> {
  if (name === "wasm" || name === "cpu") await selectBackend(name);
  else await tf.setBackend(name);
}

function drawNumbers(draw: Draw, { shape, below, positive }: Input): Numbers {
  const values = Float64Array.from({ length: sizeOf(shape) }, () => {
    if (below) return draw.from(0, below - 1);
    return Math.fround(positive ? 0.2 + draw.unit() : 3 * draw.unit() - 1.5);
  });
  return { shape, values };
}

const tensorOf = ({ shape, values }: Numbers, dtype: "float32" | "int32" = "float32") =>
  tf.tensor(Float32Array.from(values), [...shape], dtype);

/** The weights of a layer, as large as it wants them. */
function weightsOf({ layer, inputs, call }: Program, draw: Draw): Numbers[] {
  if (!layer) return [];
  const made = layer();
  const given = inputs.map((input) => drawNumbers(draw, input));
  tf.tidy(
    () =>
      void apply(
        made,
        given.map((one, i) => givenTensor(one, inputs[i])),
        call,
      ),
  );
  const weights = made.weights.map(({ shape, name }) =>
    drawNumbers(draw, { shape: shape as number[], positive: name.includes("variance") }),
  );
  made.dispose();
  return weights;
}

const givenTensor = (numbers: Numbers, input: Input | undefined) =>
  tensorOf(numbers, input?.below ? "int32" : "float32");

function apply(
  layer: tf.layers.Layer,
  inputs: readonly tf.Tensor[],
  call: Program["call"],
): tf.Tensor {
  const result = layer.apply((inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor, call ?? {});
  return [result].flat()[0] as tf.Tensor;
}

type Found = { readonly value: Numbers; readonly slopes: readonly (Numbers | undefined)[] };

const toNumbers = (tensor: tf.Tensor): Numbers => ({
  shape: tensor.shape,
  values: Float64Array.from(tensor.dataSync()),
});

/** The value on the active backend, and the gradients of its sum with these factors. */
function compute(
  program: Program,
  inputs: readonly Numbers[],
  weights: readonly Numbers[],
  factors: Numbers,
): Found {
  const layer = program.layer?.();
  const given = inputs.map((numbers, i) => {
    const input = program.inputs[i];
    if (input?.below || input?.constant) return givenTensor(numbers, input);
    return tf.variable(tensorOf(numbers), true, undefined, "float32");
  });
  const run = () =>
    layer
      ? apply(layer, given, program.call)
      : (program.run as NonNullable<typeof program.run>)(...given);
  if (layer) {
    tf.tidy(() => void run());
    layer.setWeights(weights.map((one) => tensorOf(one)));
  }
  const value = toNumbers(tf.tidy(run));
  if (program.valuesOnly) return { value, slopes: [] };
  layer?.setWeights(weights.map((one) => tensorOf(one))); // training moves the averages
  const trained = (layer?.trainableWeights ?? []).map(
    (weight) => (weight as unknown as { val: tf.Variable }).val,
  );
  const own = given.filter((tensor) => tensor instanceof tf.Variable);
  const loss = () => tf.sum(tf.mul(run(), tensorOf(factors))) as tf.Scalar;
  const { grads } = tf.variableGrads(loss, [...own, ...trained]);
  const slopeOf = (variable: tf.Tensor | undefined) => {
    const gradient = grads[(variable as tf.Variable).name];
    return gradient && toNumbers(gradient);
  };
  const names = (layer?.weights ?? []).map(
    (weight) => (weight as unknown as { val: tf.Variable }).val,
  );
  const slopes = [
    ...given.map((tensor) => (tensor instanceof tf.Variable ? slopeOf(tensor) : undefined)),
    ...names.map((variable) => (trained.includes(variable) ? slopeOf(variable) : undefined)),
  ];
  layer?.dispose();
  return { value, slopes };
}

function compare(found: Numbers, wanted: Numbers, label: string): void {
  assert.equal(found.shape, [...wanted.shape], `${label}: shape`);
  let scale = 1;
  for (const value of wanted.values)
    if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  for (const [i, value] of wanted.values.entries()) {
    const other = found.values[i] as number;
    const same = Object.is(value, other) || Math.abs(value - other) <= TOLERANCE * scale;
    if (!same) assert.unreachable(`${label}: element ${i} is ${other}, not ${value}`);
  }
}

/** Checks the program of this seed on all backends. */
export async function checkProgram(kind: Kind, seed: number): Promise<void> {
  const draw = new Draw(seed);
  const program = kind(draw);
  await useBackend("cpu");
  const weights = weightsOf(program, draw);
  const inputs = program.inputs.map((input) => drawNumbers(draw, input));
  const value = program.reference(inputs, weights);
  const factors = drawNumbers(draw, { shape: value.shape });
  const all = [...inputs, ...weights];
  const lossWith = (changed: readonly Numbers[]) => {
    const { values } = program.reference(
      changed.slice(0, inputs.length),
      changed.slice(inputs.length),
    );
    return values.reduce((sum, one, i) => sum + one * (factors.values[i] as number), 0);
  };
  const slopeAt = (k: number, place: number) => {
    const moved = (distance: number) =>
      lossWith(
        all.map((one, i) => {
          if (i !== k) return one;
          const values = one.values.slice();
          values[place] = (values[place] as number) + distance;
          return { shape: one.shape, values };
        }),
      );
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  };
  const wanted = new Map<string, number>();
  const places = all.map(({ values }) =>
    values.length <= SLOPES
      ? [...values.keys()]
      : Array.from({ length: SLOPES }, () => draw.from(0, values.length - 1)),
  );
  for (const backend of BACKENDS) {
    await useBackend(backend);
    const label = `seed ${seed}, ${program.label}, on ${backend}`;
    tf.engine().startScope();
    let found: Found;
    try {
      found = compute(program, inputs, weights, factors);
    } catch (error) {
      throw new Error(`${label}: ${error instanceof Error ? error.stack : error}`);
    } finally {
      tf.engine().endScope();
      tf.disposeVariables();
    }
    compare(found.value, value, `${label}: value`);
    for (const [k, slopes] of found.slopes.entries()) {
      if (!slopes) continue;
      const one = all[k] as Numbers;
      assert.equal(slopes.shape, [...one.shape], `${label}: shape of gradient ${k}`);
      let scale = 1;
      for (const slope of slopes.values) scale = Math.max(scale, Math.abs(slope));
      for (const place of places[k] as number[]) {
        const key = `${k}:${place}`;
        if (!wanted.has(key)) wanted.set(key, slopeAt(k, place));
        const [exact, other] = [wanted.get(key) as number, slopes.values[place] as number];
        assert.ok(
          Math.abs(exact - other) <= TOLERANCE * Math.max(scale, Math.abs(exact)),
          `${label}: gradient ${k} (of inputs, then weights), element ${place} is ${other}, not ${exact}`,
        );
      }
    }
  }
}
