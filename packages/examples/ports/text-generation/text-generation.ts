import * as tf from "@tensorflow/tfjs";

const RHYME = `This is the house that Jack built.
This is the malt that lay in the house that Jack built.
This is the rat that ate the malt that lay in the house that Jack built.
This is the cat that killed the rat that ate the malt that lay in the house that Jack built.
This is the dog that worried the cat that killed the rat that ate the malt that lay in the house that Jack built.
`;
const CHARACTERS = [...new Set(RHYME)].sort();
const CODES = Int32Array.from(RHYME, (character) => CHARACTERS.indexOf(character));
const LENGTH = 8;
const WINDOWS = 160;
const UNITS = 24;

/** Windows of the rhyme as character numbers, int32 `[160, 8]`, and the character after each, `[160]`. */
export function loadWindows(): [windows: tf.Tensor2D, next: tf.Tensor1D] {
  // A step that shares no factor with the number of windows: each batch has some of every part.
  const starts = Array.from({ length: WINDOWS }, (_, i) => (i * 37) % WINDOWS);
  const windows = starts.map((start) => [...CODES.slice(start, start + LENGTH)]);
  const next = starts.map((start) => CODES[start + LENGTH] as number);
  return [tf.tensor2d(windows, undefined, "int32"), tf.tensor1d(next, "int32")];
}

/** One-hot characters through an LSTM to the logits of the next character. */
export function buildModel(): tf.LayersModel {
  const { glorotUniform } = tf.initializers;
  return tf.sequential({
    layers: [
      tf.layers.lstm({
        inputShape: [LENGTH, CHARACTERS.length],
        units: UNITS,
        kernelInitializer: glorotUniform({ seed: 1 }),
        recurrentInitializer: glorotUniform({ seed: 2 }),
      }),
      tf.layers.dense({
        units: CHARACTERS.length,
        kernelInitializer: glorotUniform({ seed: 3 }),
      }),
    ],
  });
}

/** Mean cross-entropy of the next characters of a batch. */
export function lossOf(model: tf.LayersModel, windows: tf.Tensor, next: tf.Tensor): tf.Scalar {
  const logits = model.apply(oneHot(windows), { training: true }) as tf.Tensor2D;
  return tf.losses.softmaxCrossEntropy(oneHot(next), logits) as tf.Scalar;
}

/** Continues the first window of the rhyme, each time with the most likely character. */
export function write(model: tf.LayersModel, length: number): string {
  const written = [...CODES.slice(0, LENGTH)];
  for (let i = 0; i < length; i++) {
    const [next = 0] = tf.tidy(() => {
      const window = tf.tensor2d([written.slice(-LENGTH)], undefined, "int32");
      return (model.predict(oneHot(window)) as tf.Tensor2D).argMax(1).dataSync();
    });
    written.push(next);
  }
  return written.map((code) => CHARACTERS[code]).join("");
}

function oneHot(codes: tf.Tensor): tf.Tensor {
  return tf.oneHot(codes.toInt(), CHARACTERS.length).toFloat();
}
