import { parseArgs } from "node:util";
import type { AcceleratorOptions, PrecisionType } from "@acc/core";

export type Arguments = {
  readonly numEpochs: number;
  readonly withTracking: boolean;
  /** Whether the state is saved after every epoch. */
  readonly savesEpochs: boolean;
  /** What the other arguments say to the accelerator. */
  readonly options: AcceleratorOptions;
};

/**
 * The arguments of Accelerate's examples: `--mixed-precision no`, `--cpu`, `--checkpointing-steps 20` or `epoch`,
 * `--resume-from-checkpoint latest` or a folder, `--with-tracking`, `--project-dir runs`; and `--num-epochs`.
 *
 * @throws if there is an argument that is none of these, or a value that does not fit.
 */
export function readArguments(defaults: { readonly numEpochs: number }): Arguments {
  const { values } = parseArgs({
    options: {
      "mixed-precision": { type: "string", default: "no" },
      cpu: { type: "boolean", default: false },
      "checkpointing-steps": { type: "string" },
      "resume-from-checkpoint": { type: "string" },
      "with-tracking": { type: "boolean", default: false },
      "project-dir": { type: "string", default: "runs" },
      "num-epochs": { type: "string", default: String(defaults.numEpochs) },
    },
  });
  const steps = values["checkpointing-steps"];
  const from = values["resume-from-checkpoint"];
  const savesEpochs = steps === "epoch";
  return {
    numEpochs: countOf("--num-epochs", values["num-epochs"]),
    withTracking: values["with-tracking"],
    savesEpochs,
    options: {
      mixedPrecision: values["mixed-precision"] as PrecisionType,
      // The first backend that works may be a GPU.
      backend: values.cpu ? "wasm" : "auto",
      projectDir: values["project-dir"],
      ...(values["with-tracking"] && { logWith: "tensorboard" }),
      ...(steps !== undefined &&
        !savesEpochs && {
          checkpoints: { everySteps: countOf("--checkpointing-steps", steps, ' or "epoch"') },
        }),
      ...(from !== undefined && { resumeFromCheckpoint: from }),
    },
  };
}

/** A number from 1 in digits. */
export function countOf(name: string, text: string, others = ""): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name} must be a whole number from 1${others}, got "${text}".`);
}
