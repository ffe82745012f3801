import * as tf from "@tensorflow/tfjs";

/**
 * Runs a script of a port in this thread, and returns the weights of the models that it exports. Launched, it
 * is what each replica returns.
 */
export default async function weightsOf(
  script: string,
  ...args: string[]
): Promise<Float32Array[]> {
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args); // as if the script had been started by itself
  const models = Object.values(await import(script)).filter(
    (value) => value instanceof tf.LayersModel,
  );
  return models.flatMap((model) =>
    model.weights.map((weight) => Float32Array.from(weight.read().dataSync())),
  );
}
