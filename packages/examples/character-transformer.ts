/**
 * A small transformer learns to write like a text, character by character.
 *
 *     npx acc launch --num-processes 2 character-transformer.ts [FILE [STEPS]]
 *
 * Without a file it reads the documentation of this repository.
 */
import { Accelerator, DataLoader, setSeed } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { CharacterTransformer } from "./character-transformer/model.ts";
import { CharacterText, readText } from "./character-transformer/text.ts";

const [path, steps = "150"] = process.argv.slice(2);
const CONTEXT = 48;
const SAMPLE_LENGTH = 160;

const text = new CharacterText(readText(path));
const accelerator = new Accelerator();
setSeed(42);
/** Sample `i` is the text from character `i` on, and the same one character later. */
const windows = {
  length: text.codes.length - CONTEXT - 1,
  get: (i: number): [Int32Array, Int32Array] => [
    text.codes.slice(i, i + CONTEXT),
    text.codes.slice(i + 1, i + CONTEXT + 1),
  ],
};
const [model, optimizer, loader] = await accelerator.prepare(
  new CharacterTransformer({
    vocabulary: text.characters.length,
    context: CONTEXT,
    width: 64,
    heads: 4,
    layers: 2,
  }),
  tf.train.adam(3e-3),
  new DataLoader<[tf.Tensor2D, tf.Tensor2D]>(windows, { batchSize: 16, shuffle: true }),
);
accelerator.print(
  `${text.codes.length} characters, ${text.characters.length} different ones; ` +
    `${accelerator.numProcesses} replicas on ${accelerator.device}.`,
);

let step = 0;
while (step < Number(steps)) {
  for await (const [inputs, targets] of loader) {
    const wanted = tf.oneHot(targets, text.characters.length).toFloat();
    const loss = tf.losses.softmaxCrossEntropy(wanted, model.logits(inputs)) as tf.Scalar;
    await accelerator.backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    step += 1;
    if (step === 1 || step % 20 === 0)
      accelerator.print(`step ${step}: loss ${await loss.array()}`);
    if (step >= Number(steps)) break;
  }
}
if (accelerator.isMainProcess) console.log(await write(SAMPLE_LENGTH));

/** Samples one character after the other from the model's prediction. */
async function write(length: number): Promise<string> {
  const written = [...text.codes.slice(0, CONTEXT)];
  for (let i = 0; i < length; i++) {
    const next = accelerator.noGrad(() =>
      tf.tidy(() => {
        const logits = model.logits(tf.tensor2d([written.slice(-CONTEXT)], [1, CONTEXT], "int32"));
        const last = logits.slice([0, CONTEXT - 1], [1, 1]).reshape<tf.Tensor1D>([-1]);
        return tf.multinomial(last, 1);
      }),
    );
    written.push((await next.data())[0] ?? 0);
    next.dispose();
  }
  return text.decode(written.slice(CONTEXT));
}
