import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { restoreForLoadedTensorFlow } from "../backend/removed-utilities.ts";
import { Checkpoints } from "../checkpoint/checkpoints.ts";
import { noteGroupUse } from "../context/group-use.ts";
import { replicaContext } from "../context/replica-context.ts";
import { shareFit } from "../fit/share-fit.ts";
import { trackerThread } from "../remote-trackers/lazy-tracker-worker.ts";
import { resolveLogWith } from "../trackers/select/log-with.ts";
import { TrackerSession } from "../trackers/session/tracker-session.ts";
import type { Differentiation } from "../train/differentiate.ts";
import { FitRuns } from "../train/fit-runs.ts";
import { GradScaler } from "../train/grad-scaler.ts";
import { GradientState } from "../train/gradient-state.ts";
import { ModelRegistry } from "../train/model-registry.ts";
import { PendingLoss } from "../train/pending-loss.ts";
import { Preparation } from "../train/prepare.ts";
import { Regularizers } from "../train/regularizers.ts";
import { UnpreparedVariables } from "../train/unprepared-variables.ts";
import { UnsyncedModels } from "../train/unsynced-models.ts";
import type { ResolvedAcceleratorOptions } from "./accelerator-options.ts";
import { warnIfAlone } from "./warn-if-alone.ts";

/** What an accelerator consists of. */
export type AcceleratorParts = {
  readonly options: ResolvedAcceleratorOptions;
  readonly training: Differentiation;
  readonly preparation: Preparation;
  readonly trackers: TrackerSession;
  readonly checkpoints: Checkpoints;
};

/** Makes the parts and connects them. @throws {AcceleratorError} `TRACKER_…`. */
export function makeParts(options: ResolvedAcceleratorOptions): AcceleratorParts {
  restoreForLoadedTensorFlow();
  noteGroupUse();
  const { collective, host, scriptUrl } = replicaContext();
  if (!host) warnIfAlone();
  const { dataLoader, loggingDir, schedulerUnit, syncBatchNorm } = options;
  const { rank, worldSize } = collective;
  const trackers = new TrackerSession({
    selection: resolveLogWith(options.logWith, loggingDir, scriptUrl),
    ...{ loggingDir, keeping: options.keeping },
    remote: host?.trackers ?? trackerThread(),
    script: scriptUrl === undefined ? undefined : fileURLToPath(scriptUrl),
    ...{ rank, worldSize },
  });
  const models = new ModelRegistry(collective, options.commHook);
  const training: Differentiation = {
    state: new GradientState(options.accumulation),
    pending: new PendingLoss(),
    scaler: options.gradScaler && new GradScaler(options.gradScaler, models.gradients),
    models,
    unsynced: new UnsyncedModels(models),
    unprepared: new UnpreparedVariables(models),
    regularizers: new Regularizers(models),
    fits: new FitRuns(),
  };
  const fitContext = { collective, training, optimizers: () => preparation.made.optimizers };
  const preparation: Preparation = new Preparation({
    ...{ collective, training, dataLoader, schedulerUnit, syncBatchNorm },
    shareFit: (layers) => shareFit(layers, fitContext),
  });
  const checkpoints = new Checkpoints({
    ...options,
    subject: {
      ...{ collective, training, made: preparation.made },
      mark: () => trackers.mark(randomUUID()),
    },
    policy: options.checkpoints,
    flush: () => trackers.flush(),
    onWritten: (path) => host?.checkpointWritten(path),
  });
  return { options, training, preparation, trackers, checkpoints };
}
