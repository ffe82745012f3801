import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import type { ResumePoint } from "../context/tracker-request.ts";
import type { LoaderStateDict } from "../data/loader-state-dict.ts";
import { AcceleratorError } from "../errors.ts";
import type { SavedScheduler } from "../schedule/accelerated-scheduler.ts";
import type { Differentiation } from "../train/differentiate.ts";
import type { SavedFitRuns } from "../train/fit-runs.ts";
import type { GradScalerState } from "../train/grad-scaler.ts";
import type { PreparedObjects } from "../train/prepare.ts";
import { canSave } from "./can-save.ts";
import type { CustomObjects } from "./custom-objects.ts";
import { type Entry, entryOf } from "./entry.ts";
import { customFile } from "./file-names.ts";
import type { SaveStateHook } from "./hooks.ts";
import { type SavedTurn, saveLocalTurns } from "./local-sgd-part.ts";
import { globalBatchOf, type SavedAccumulation, saveAccumulation } from "./loop-part.ts";
import { type SavedModel, saveModels } from "./models-part.ts";
import { type SavedOptimizer, saveOptimizers } from "./optimizers-part.ts";
import { type OwnSpec, type SavedRank, saveRank } from "./rank-part.ts";
import { encodeState } from "./state-value.ts";

/** The objects of one accelerator whose state is saved. */
export type Subject = {
  readonly collective: Collective;
  readonly training: Differentiation;
  readonly made: PreparedObjects;
  readonly custom: CustomObjects;
  /** Marks this moment in the journal of the trackers; undefined if there is none here. */
  readonly mark: () => ResumePoint | undefined;
};

/** The content of state.json, except for what each rank adds. */
export type SavedState = {
  readonly accumulation: SavedAccumulation;
  readonly models: readonly SavedModel[];
  readonly optimizers: readonly SavedOptimizer[];
  /** Undefined without a scaler, and in checkpoints of versions that had none. */
  readonly scaler?: GradScalerState | undefined;
  readonly schedulers: readonly SavedScheduler[];
  readonly loaders: readonly LoaderStateDict[];
  /** Undefined outside of `fit` and `fitDataset`, and in checkpoints of versions that did not know. */
  readonly fits?: SavedFitRuns | undefined;
  /** Bodies of `localSgd` that were running; undefined in checkpoints of versions that did not know. */
  readonly localTurns?: readonly SavedTurn[] | undefined;
  readonly globalBatch: number | undefined;
  /** Where the trackers go on. */
  readonly trackers: ResumePoint | undefined;
};

/** Everything that one rank contributes to a checkpoint. */
export type Inventory = {
  readonly state: SavedState;
  /** Equal on all ranks. */
  readonly shared: readonly Entry[];
  readonly rank: SavedRank;
  readonly own: readonly Entry[];
  readonly ownSpecs: readonly OwnSpec[];
  /** Further JSON files, by path. */
  readonly files: ReadonlyMap<string, unknown>;
  /** The same moment, where weights and slots are found to be others on each rank. */
  readonly apart: () => Inventory;
};

/**
 * Lists the state without copying it. On every rank.
 *
 * @param isApart whether weights and slots were found to be others on each rank before.
 * @throws {AcceleratorError} `CHECKPOINT_MID_STEP`, `VALUE_INVALID`.
 */
export async function takeInventory(
  subject: Subject,
  hooks: readonly SaveStateHook[],
  directory: string,
  isApart: boolean,
): Promise<Inventory> {
  const { training, made, collective, custom } = subject;
  requireStepBoundary(subject);
  const added = new AddedFiles();
  const kept = await runHooks(subject, hooks, directory, added);
  const objects = await custom.save();
  // No await from here on: everything is of the same moment.
  const models = saveModels(training.models.models, (i) => !kept.has(i));
  const optimizers = saveOptimizers(made.optimizers);
  training.scaler?.unscale(training.models.variables); // gradients are saved as they are without a scaler
  const localTurns = saveLocalTurns(training.state);
  const mine =
    collective.rank === 0 ? [...objects.entries, ...added.entries, ...localTurns.entries] : [];
  for (const [i, json] of objects.json.entries()) added.json.set(`${customFile(i)}.json`, json);
  const state: SavedState = {
    accumulation: saveAccumulation(training.state),
    models: models.json,
    optimizers: optimizers.json,
    scaler: training.scaler?.stateDict(),
    schedulers: made.schedulers.map((scheduler) => scheduler.save()),
    loaders: made.loaders.map((loader) => loader.gatherStateDict()),
    fits: training.fits.save(),
    localTurns: localTurns.json,
    globalBatch: globalBatchOf(made.loaders),
    trackers: subject.mark(),
  };
  const common = { state, shared: [...models.entries, ...optimizers.entries], files: added.json };
  const ofRank = (isApart: boolean): Inventory => {
    const { json, entries, specs } = saveRank(training, optimizers.entries, collective, isApart);
    const plain = mine.map(({ spec }) => ({ ...spec, isInModel: false, checksum: undefined }));
    const own = { own: [...mine, ...entries], ownSpecs: [...plain, ...specs] };
    return { ...common, ...own, rank: json, apart: () => ofRank(true) };
  };
  return ofRank(isApart);
}

/** @throws {AcceleratorError} `CHECKPOINT_MID_STEP` while gradients wait that no later call could apply. */
function requireStepBoundary(subject: Subject): void {
  subject.training.pending.check("saveState");
  if (canSave(subject)) return;
  throw new AcceleratorError(
    "CHECKPOINT_MID_STEP",
    "saveState: backward has finished an accumulation window, and no optimizer has applied its gradients yet; a run that goes on " +
      "from here would lose them. Call saveState after optimizer.step().",
  );
}

/** @returns the places of the models that no hook took over. */
async function runHooks(
  { training }: Subject,
  hooks: readonly SaveStateHook[],
  directory: string,
  files: AddedFiles,
): Promise<ReadonlySet<number>> {
  const all = training.models.models.map(
    ({ all }) => new Map<string, Variable>(all.map((variable) => [variable.name, variable])),
  );
  const weights = [...all];
  const models = [...training.models.objects];
  for (const hook of hooks) await hook(models, weights, directory, files);
  return new Set(all.flatMap((one, i) => (weights.includes(one) ? [i] : [])));
}

/** What hooks add. */
class AddedFiles {
  readonly json = new Map<string, unknown>();
  readonly entries: Entry[] = [];

  addJson(path: string, value: unknown): void {
    const tensors = new Map();
    this.json.set(requireOwnPath(path), encodeState(value, tensors));
    if (tensors.size === 0) return;
    throw new AcceleratorError(
      "VALUE_INVALID",
      `addJson: "${path}" holds tensors; add them with addTensors.`,
    );
  }

  addTensors(path: string, tensors: Readonly<Record<string, Parameters<typeof entryOf>[2]>>): void {
    requireOwnPath(path);
    for (const [name, tensor] of Object.entries(tensors))
      this.entries.push(entryOf(path, name, tensor));
  }
}

/** A name in the folder of the checkpoint, as the manifest takes it. */
const FILE_NAME = /^[^./\\\0][^/\\\0]*\.(safetensors|json)$/;
const TAKEN =
  /^(checkpoint|state|latest)\.json$|^(model|optimizer|rank|local_sgd|custom_checkpoint)(_\d+)?\./;

/** @throws {AcceleratorError} `OPTION_INVALID` for a path outside of the checkpoint, or a name that we use. */
function requireOwnPath(path: string): string {
  if (FILE_NAME.test(path) && !TAKEN.test(path)) return path;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "A file of a hook needs a name that ends with .json or .safetensors, without a folder, and that is not one of a " +
      `checkpoint's own files; got ${JSON.stringify(path)}.`,
  );
}
