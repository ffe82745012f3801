import type { Accelerator } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { Average, cross, firstOf, Gain, perceptron, weightsOf } from "./composed-parts.ts";
import type { PreparedOptimizer } from "./digest-state.ts";

/** A program with more than one model and one optimizer, or with parts of its own. */
export type ComposedProgram = {
  readonly variables: readonly tf.Variable[];
  readonly optimizers: readonly PreparedOptimizer[];
  /** One micro-batch, of inputs `[rows, 4]`. @returns its losses. */
  step(x: tf.Tensor2D): Promise<number[]>;
};

/** Initial weights come from `Math.random`: call `setSeed` before. */
const PROGRAMS = {
  /** Two models and two optimizers in one call. The gradients that stay in the discriminator are never cleared. */
  async gan(accelerator: Accelerator): Promise<ComposedProgram> {
    const [generator, discriminator, first, second] = await accelerator.prepare(
      ...[perceptron(4, 2), perceptron(2, 1), tf.train.adam(0.02, 0.5), tf.train.rmsprop(0.01)],
    );
    const logits = (x: tf.Tensor) => discriminator.apply(x) as tf.Tensor2D;
    return {
      ...{ variables: weightsOf(generator, discriminator), optimizers: [first, second] },
      async step(x) {
        const real = tf.slice(x, [0, 0], [-1, 2]);
        const drawn = accelerator.noGrad(() => generator.apply(x) as tf.Tensor2D);
        const judged = await accelerator.accumulate(discriminator, async () => {
          const loss = cross(1, logits(real)).add(cross(0, logits(drawn)));
          await accelerator.backward(loss as tf.Scalar);
          second.step();
          second.zeroGrad();
          return firstOf(loss);
        });
        const made = await accelerator.accumulate(generator, async () => {
          const loss = cross(1, logits(generator.apply(x) as tf.Tensor2D));
          await accelerator.backward(loss as tf.Scalar);
          first.step();
          first.zeroGrad();
          return firstOf(loss);
        });
        return [judged, made];
      },
    };
  },

  /** A group of variables and an optimizer in each of two calls. */
  async groups(accelerator: Accelerator): Promise<ComposedProgram> {
    const weight = tf.variable(tf.randomNormal([4, 4]));
    const bias = tf.variable(tf.zeros([4]));
    const one = await accelerator.prepare({ variables: [weight], optimizer: tf.train.adam(0.05) });
    const two = await accelerator.prepare({
      ...{ variables: [bias], optimizer: tf.train.momentum(0.02, 0.9) },
    });
    return {
      ...{ variables: [weight, bias], optimizers: [one.optimizer, two.optimizer] },
      async step(x) {
        return await accelerator.accumulate(async () => {
          const loss = tf.mean(tf.square(tf.sub(tf.tanh(tf.add(tf.matMul(x, weight), bias)), x)));
          await accelerator.backward(loss as tf.Scalar);
          for (const { optimizer } of [one, two]) {
            optimizer.step();
            optimizer.zeroGrad();
          }
          return [firstOf(loss)];
        });
      },
    };
  },

  /** Two models that share an encoder, trained in turns by one optimizer. */
  async shared(accelerator: Accelerator): Promise<ComposedProgram> {
    const encoder = tf.layers.dense({ units: 6, activation: "tanh" });
    const withHead = (units: number) => {
      const input = tf.input({ shape: [4] });
      const outputs = tf.layers.dense({ units }).apply(encoder.apply(input));
      return tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor });
    };
    const [copy, sum, optimizer] = await accelerator.prepare(
      ...[withHead(4), withHead(1), tf.train.adam(0.02)],
    );
    const turns = accelerator.registerForCheckpointing({ count: 0 });
    return {
      ...{ variables: weightsOf(copy, sum), optimizers: [optimizer] },
      async step(x) {
        return await accelerator.accumulate(copy, sum, async () => {
          const model = turns.count++ % 3 === 0 ? copy : sum;
          const target = model === copy ? x : tf.sum(x, 1, true);
          const loss = tf.losses.meanSquaredError(target, model.apply(x) as tf.Tensor2D);
          await accelerator.backward(loss as tf.Scalar);
          optimizer.step();
          optimizer.zeroGrad();
          return [firstOf(loss)];
        });
      },
    };
  },

  /** A layer and an object with private fields, which save themselves. */
  async custom(accelerator: Accelerator): Promise<ComposedProgram> {
    const layers = [new Gain({ inputShape: [4] }), tf.layers.dense({ units: 4 })];
    const [model, optimizer] = await accelerator.prepare(
      ...[tf.sequential({ layers }), tf.train.adamax(0.02)],
    );
    const average = accelerator.registerForCheckpointing(new Average(weightsOf(model)));
    return {
      ...{ variables: [...weightsOf(model), ...average.variables], optimizers: [optimizer] },
      async step(x) {
        return await accelerator.accumulate(model, async () => {
          const loss = tf.losses.meanSquaredError(x, model.apply(x) as tf.Tensor2D);
          await accelerator.backward(loss as tf.Scalar);
          optimizer.step();
          optimizer.zeroGrad();
          average.add();
          return [firstOf(loss), average.count];
        });
      },
    };
  },
} satisfies Record<string, (accelerator: Accelerator) => Promise<ComposedProgram>>;

export type ProgramName = keyof typeof PROGRAMS;

export function makeProgram(name: ProgramName, accelerator: Accelerator): Promise<ComposedProgram> {
  return PROGRAMS[name](accelerator);
}
