import { version_core } from "@tensorflow/tfjs-core";
import type { Subject } from "./inventory.ts";
import { globalBatchOf } from "./loop-part.ts";
import { machineOf } from "./machine.ts";
import { stepsOf } from "./steps.ts";

/** What the manifest of a checkpoint says of the run, besides its files. */
export type Facts = {
  /** The checkpoint that it follows. */
  readonly parent?: string | undefined;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Optimizer steps. */
  readonly steps: number;
  /** Samples that all replicas have taken. */
  readonly samples: number;
  readonly epoch: number;
  readonly worldSize: number;
  readonly globalBatch: number | undefined;
  readonly reason: "manual" | "schedule" | "signal" | "exception";
  /** Whether it was written in a loop inside of another one. */
  readonly during: "training" | "evaluation";
  readonly writtenBy: Readonly<Record<string, string>>;
};

/** The facts of this moment. */
export function factsOf({ made, training, collective }: Subject, reason: Facts["reason"]): Facts {
  return {
    ...{ reason, steps: stepsOf(made.optimizers), samples: training.state.samplesConsumed },
    epoch: training.fits.running?.epoch ?? made.loaders[0]?.epoch ?? 0,
    worldSize: collective.worldSize,
    globalBatch: globalBatchOf(made.loaders),
    during: training.state.depth > 1 ? "evaluation" : "training",
    writtenBy: {
      ...{ tfjs: version_core, node: process.versions.node },
      ...machineOf(collective.localWorldSize),
    },
  };
}
