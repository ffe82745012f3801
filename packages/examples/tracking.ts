/**
 * Experiment tracking: every tracker that is installed, one of your own, and the native run of one of them. Nothing
 * here needs an account or a server: W&B, Comet, ClearML, SwanLab and Trackio record offline, TensorBoard and DVCLive always write
 * files, and what MLflow and Aim cannot take without a server is kept for `npx acc sync`.
 *
 *     npx acc launch --num-processes 2 tracking.ts
 */
import { appendFileSync, mkdirSync } from "node:fs";
import {
  Accelerator,
  GeneralTracker,
  type LogContext,
  LoggerType,
  type LogValues,
  type RunConfig,
} from "@acc/core";
import * as tf from "@tensorflow/tfjs";

/** A tracker of your own: a file with one JSON object per line. */
class JsonLinesTracker extends GeneralTracker {
  readonly name = "json_lines";
  readonly requiresLoggingDirectory = false;
  readonly #path: string;

  constructor(directory: string) {
    super();
    mkdirSync(directory, { recursive: true });
    this.#path = `${directory}/tracking.jsonl`;
  }

  /** The result of `getTracker("json_lines", { unwrap: true })`. */
  get tracker(): string {
    return this.#path;
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#append({ config: values });
  }

  override log(values: LogValues, { step }: LogContext): void {
    this.#append({ step, ...values });
  }

  #append(record: object): void {
    appendFileSync(this.#path, `${JSON.stringify(record)}\n`);
  }
}

const config = { num_iterations: 5, learning_rate: 1e-2, loss_function: "mean squared error" };
const accelerator = new Accelerator({
  logWith: [LoggerType.All, new JsonLinesTracker("runs")],
  projectDir: "runs",
});
await accelerator.initTrackers("my_project", {
  config,
  initOptions: {
    wandb: { mode: "offline", dir: "runs" }, //             wandb sync runs/wandb/offline-run-*
    comet_ml: { online: false, offlineDirectory: "runs" }, // comet upload runs/*.zip
    clearml: { offline: true, cacheDir: "runs" }, //          Task.import_offline_session(…)
    swanlab: { mode: "offline", logDir: "runs" }, //          swanlab sync runs/run-… -i ID
    dvclive: { dir: "runs/dvclive" }, //                      dvc metrics show
    trackio: { dir: "runs/trackio" }, //                      TRACKIO_DIR=runs/trackio trackio show
  },
});

const weight = tf.variable(tf.scalar(0));
const [, optimizer] = await accelerator.prepare({ weight }, tf.train.sgd(config.learning_rate));
for (let iteration = 0; iteration < config.num_iterations; iteration++) {
  const loss = await accelerator.backward(() => tf.squaredDifference(weight, 3) as tf.Scalar);
  optimizer.step();
  optimizer.zeroGrad();
  accelerator.log({ training_loss: loss, weight }, { step: iteration });
  loss.dispose();
}

// The native object of a tracker. It may live on another thread, so await its calls; on every rank but the
// main one it does nothing.
const writer = accelerator.getTracker(LoggerType.TensorBoard, { unwrap: true });
await writer.addText("note", "logged through TensorBoard's own writer");
accelerator.print(
  `The JSON lines are in ${accelerator.getTracker("json_lines", { unwrap: true })}.`,
);

await accelerator.endTraining();
