import * as tf from "@tensorflow/tfjs-core";
import { Accelerator } from "../accelerator/accelerator.ts";
import { DataLoader } from "../data/data-loader.ts";
import { type Check, requireEqual } from "./check.ts";

const BATCH = 4;
const STEPS = 6;
const FEATURES = 3;
/** Sums of float32 in another order. */
const TOLERANCE = 1e-5;

/** N replicas with a batch each learn what one learns with all of them at once, and all hold the same bits. */
export const trainingCheck: Check = {
  name: "training: replicas learn what one learns with the whole batch, and agree to the bit",
  async run({ numProcesses }) {
    const { inputs, targets } = dataOf(numProcesses);
    const together = new Regression();
    const alone = new Regression();
    trainAlone(alone, inputs, targets, numProcesses);
    const accelerator = await trainTogether(together, inputs, targets);
    const found = await together.values();
    requireEqual("weights against those of one replica", found, await alone.values(), TOLERANCE);
    const [ofFirst] = await accelerator.gatherObjects(found);
    requireEqual("weights against those of rank 0", found, ofFirst ?? []);
    await accelerator.freeMemory(together);
    for (const network of [together, alone]) network.dispose();
    for (const tensor of [inputs, targets]) tensor.dispose();
  },
};

/** After `loadState` a training goes on as if it had never been stopped. */
export const checkpointCheck: Check = {
  name: "checkpoints: a training that is loaded goes on to the bit as the one that was saved",
  async run({ numProcesses }, folder) {
    const { inputs, targets } = dataOf(numProcesses);
    const network = new Regression();
    const accelerator = new Accelerator();
    const [model, optimizer, loader] = await accelerator.prepare(
      network,
      tf.train.adam(0.05),
      loaderOf(inputs, targets),
    );
    const trainEpoch = async (): Promise<Float32Array> => {
      for await (const [x, y] of loader) {
        await accelerator.backward(model.loss(x, y));
        optimizer.step();
        optimizer.zeroGrad();
      }
      return await model.values();
    };
    await trainEpoch();
    await (await accelerator.saveState(folder, { wait: true })).written;
    const saved = await trainEpoch();
    model.clear();
    await accelerator.loadState(folder);
    requireEqual("weights after loadState and an epoch", await trainEpoch(), saved);
    await accelerator.freeMemory(network);
    network.dispose();
    for (const tensor of [inputs, targets]) tensor.dispose();
  },
};

/** A linear regression. All of them begin with the same weights. */
class Regression {
  readonly kernel: tf.Variable<tf.Rank.R2> = tf.variable(
    tf.tensor2d(wave(FEATURES), [FEATURES, 1]),
  );
  readonly bias: tf.Variable<tf.Rank.R1> = tf.variable(tf.tensor1d([0.5]));

  get variables(): tf.Variable[] {
    return [this.kernel, this.bias] as tf.Variable[];
  }

  /** Mean of the squared errors of rows, a scalar. */
  loss(inputs: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
    return meanSquaredError(inputs, targets, this.kernel, this.bias);
  }

  async values(): Promise<Float32Array> {
    const parts = await Promise.all(this.variables.map((variable) => variable.data()));
    return Float32Array.from(parts.flatMap((part) => [...part]));
  }

  /** All weights become 0. */
  clear(): void {
    for (const variable of this.variables as readonly tf.Variable[]) {
      tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    }
  }

  dispose(): void {
    for (const variable of this.variables) variable.dispose();
  }
}

/** With its own gradient: tfjs-core has none for its operations, unless another package registers them. */
function meanSquaredError(
  inputs: tf.Tensor2D,
  targets: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D,
): tf.Scalar {
  const operation = tf.customGrad((k, b, save) => {
    const outputs = tf.add(tf.matMul(inputs, k as tf.Tensor2D), b as tf.Tensor);
    const errors = tf.sub(outputs, targets);
    (save as tf.GradSaveFunc)([errors]);
    return {
      value: tf.mean(tf.square(errors)),
      gradFunc: (dy, [kept]) => {
        const slope = tf.mul<tf.Tensor2D>(
          kept as tf.Tensor,
          tf.mul(dy as tf.Tensor, 2 / inputs.shape[0]),
        );
        return [tf.matMul(inputs, slope, true), tf.sum(slope, 0)];
      },
    };
  });
  return operation(kernel, bias) as tf.Scalar;
}

type Data = { readonly inputs: tf.Tensor2D; readonly targets: tf.Tensor2D };

/** As many rows as the steps of all replicas need. */
function dataOf(numProcesses: number): Data {
  const rows = STEPS * BATCH * numProcesses;
  const inputs = tf.tensor2d(wave(rows * FEATURES), [rows, FEATURES]);
  return { inputs, targets: tf.tidy(() => tf.sum(tf.square(inputs), 1, true) as tf.Tensor2D) };
}

/** Numbers between -1 and 1 that look irregular and are the same everywhere. */
function wave(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin(1 + 1.7 * index));
}

function loaderOf(
  inputs: tf.Tensor2D,
  targets: tf.Tensor2D,
): DataLoader<[tf.Tensor2D, tf.Tensor2D]> {
  return new DataLoader<[tf.Tensor2D, tf.Tensor2D]>([inputs, targets], { batchSize: BATCH });
}

async function trainTogether(
  network: Regression,
  inputs: tf.Tensor2D,
  targets: tf.Tensor2D,
): Promise<Accelerator> {
  const accelerator = new Accelerator();
  const [model, optimizer, loader] = await accelerator.prepare(
    network,
    tf.train.adam(0.05),
    loaderOf(inputs, targets),
  );
  for await (const [x, y] of loader) {
    await accelerator.backward(model.loss(x, y));
    optimizer.step();
    optimizer.zeroGrad();
  }
  return accelerator;
}

/** The same steps by TensorFlow.js alone, with the batches of all replicas in one. */
function trainAlone(
  network: Regression,
  inputs: tf.Tensor2D,
  targets: tf.Tensor2D,
  numProcesses: number,
): void {
  const optimizer = tf.train.adam(0.05);
  const rows = BATCH * numProcesses;
  tf.tidy(() => {
    for (let from = 0; from < inputs.shape[0]; from += rows) {
      const x = tf.slice(inputs, from, rows);
      const y = tf.slice(targets, from, rows);
      optimizer.minimize(() => network.loss(x, y), false, network.variables);
    }
  });
  optimizer.dispose();
}
