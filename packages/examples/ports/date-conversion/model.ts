import * as tf from "@tensorflow/tfjs";
import { decodeIso, encodeWritten, SIZES } from "./dates.ts";

const WIDTH = 16;

/**
 * A sequence-to-sequence model with attention: an LSTM reads the written date, a second LSTM begins with its state,
 * writes, and attends to the input characters that matter for the next output. `[batch, 11]` and `[batch, 10]` to
 * logits `[batch, 10, characters]`.
 */
export function buildModel(): tf.LayersModel {
  const written = tf.input({ shape: [SIZES.inputLength] });
  const before = tf.input({ shape: [SIZES.outputLength] });
  const read = lstm(3).apply(embedding(SIZES.inputs, 1).apply(written)) as tf.SymbolicTensor;
  const last = new LastStep().apply(read) as tf.SymbolicTensor;
  const said = lstm(5).apply(embedding(SIZES.outputs, 2).apply(before), {
    initialState: [last, last],
  }) as tf.SymbolicTensor;
  const likeness = tf.layers.dot({ axes: [2, 2] }).apply([said, read]);
  const attention = tf.layers.activation({ activation: "softmax" }).apply(likeness);
  const seen = tf.layers.dot({ axes: [2, 1] }).apply([attention, read] as tf.SymbolicTensor[]);
  const both = tf.layers.concatenate().apply([seen, said] as tf.SymbolicTensor[]);
  const hidden = timeDistributed(WIDTH, "tanh", 7).apply(both);
  const logits = timeDistributed(SIZES.outputs, "linear", 8).apply(hidden);
  return tf.model({ inputs: [written, before], outputs: logits as tf.SymbolicTensor });
}

function embedding(inputDim: number, seed: number): tf.layers.Layer {
  const embeddingsInitializer = tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
  return tf.layers.embedding({ inputDim, outputDim: WIDTH, embeddingsInitializer });
}

/** The last of the steps: `[batch, steps, width]` to `[batch, width]`. */
class LastStep extends tf.layers.Layer {
  static readonly className = "LastStep";

  override computeOutputShape([batch, , width]: number[]): tf.Shape {
    return [batch ?? null, width ?? null];
  }

  override call([steps]: tf.Tensor3D[]): tf.Tensor2D {
    const [batch = 0, count = 0, width = 0] = steps?.shape ?? [];
    return (steps as tf.Tensor3D)
      .slice([0, count - 1, 0], [batch, 1, width])
      .reshape([batch, width]);
  }
}

function lstm(seed: number): tf.layers.Layer {
  return tf.layers.lstm({
    units: WIDTH,
    returnSequences: true,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
    recurrentInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
  });
}

function timeDistributed(units: number, activation: "tanh" | "linear", seed: number) {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  return tf.layers.timeDistributed({
    layer: tf.layers.dense({ units, activation, kernelInitializer }),
  });
}

/** Mean cross-entropy of the characters of a batch. */
export function lossOf(
  model: tf.LayersModel,
  [written, before, iso]: readonly [tf.Tensor, tf.Tensor, tf.Tensor],
): tf.Scalar {
  const logits = model.apply([written, before], { training: true }) as tf.Tensor3D;
  const wanted = tf.oneHot(iso.toInt(), SIZES.outputs).toFloat();
  return tf.losses.softmaxCrossEntropy(wanted, logits) as tf.Scalar;
}

/** Writes a date as ISO 8601, one character after the other. */
export function convert(model: tf.LayersModel, text: string): string {
  const said: number[] = [];
  for (let place = 0; place < SIZES.outputLength; place++) {
    const before = [0, ...said, ...new Array<number>(SIZES.outputLength).fill(0)];
    const codes = tf.tidy(() => {
      const written = tf.tensor2d([encodeWritten(text)], undefined, "int32");
      const start = tf.tensor2d([before.slice(0, SIZES.outputLength)], undefined, "int32");
      return (model.predict([written, start]) as tf.Tensor3D).argMax(2).dataSync();
    });
    said.push(codes[place] as number);
  }
  return decodeIso(said);
}
