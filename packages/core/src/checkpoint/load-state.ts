import { keep, type Tensor } from "@tensorflow/tfjs-core";
import type { ResumePoint } from "../context/tracker-request.ts";
import { AcceleratorError } from "../errors.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { Spec } from "./entry.ts";
import { customFile, STATE_FILE } from "./file-names.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import type { HookSource, LoadStateHook } from "./hooks.ts";
import type { SavedState, Subject } from "./inventory.ts";
import { planLearningRates } from "./learning-rates-part.ts";
import { planLoaders } from "./loaders-part.ts";
import { planLocalTurns } from "./local-sgd-part.ts";
import { globalBatchOf, planAccumulation, planScaler, planSchedulers } from "./loop-part.ts";
import { machineNotice, machineOf } from "./machine.ts";
import { planModels } from "./models-part.ts";
import { planOptimizers, slotsByOwnName } from "./optimizers-part.ts";
import { planRandom, planRank, type SavedRank } from "./rank-part.ts";
import { type LoadStateOptions, RestorePlan } from "./restore-plan.ts";
import { type ReadTensor, shareTensors } from "./shared-tensors.ts";
import { requireStateShape } from "./state-shape.ts";
import { decodeState } from "./state-value.ts";
import { tensorOfStored } from "./stored-tensor.ts";
import type { TensorSource } from "./tensor-source.ts";

/** A checkpoint that was read and verified. */
export type ReadCheckpoint = {
  readonly id: string;
  /** Versions, and the machine. */
  readonly writtenBy: Readonly<Record<string, string>>;
  /** The JSON files, by path. */
  readonly json: ReadonlyMap<string, unknown>;
  readonly tensors: readonly ReadTensor[];
};

export type LoadRequest = {
  readonly path: string;
  readonly options: LoadStateOptions;
  readonly hooks: readonly LoadStateHook[];
  /** The checkpoint, on the main process. */
  readonly read: ReadCheckpoint | undefined;
};

/** What the main process tells the others. */
type Announcement = {
  readonly id: string;
  readonly json: ReadonlyMap<string, unknown>;
  readonly specs: readonly Spec[];
};

const CALL = "loadState()";

/**
 * Loads a checkpoint on all ranks: one rank reads it to shared memory, all check that it fits, and only then change
 * anything. Collective.
 *
 * @returns the id of the checkpoint, and what the user should know.
 * @throws {AcceleratorError} `CHECKPOINT_…` on every rank; then nothing has changed.
 */
export async function loadState(
  subject: Subject,
  request: LoadRequest,
): Promise<{
  readonly id: string;
  readonly state: SavedState;
  readonly notices: readonly string[];
}> {
  const { collective } = subject;
  const { read } = request;
  const mine = read && {
    id: read.id,
    json: read.json,
    specs: read.tensors.map(({ spec }) => spec),
  };
  const { id, json, specs } = collective.broadcastObject(mine, 0, CALL) as Announcement;
  const source = shareTensors(collective, specs, read?.tensors, CALL);
  const plan = new RestorePlan(request.options);
  const notice = read && machineNotice(read.writtenBy, machineOf(collective.localWorldSize));
  if (notice !== undefined) plan.notices.push(notice);
  let fault: Fault | undefined;
  let state: SavedState | undefined;
  try {
    state = await makePlan(subject, request, { id, json, source }, plan);
  } catch (error) {
    fault = faultOf(error, "CHECKPOINT_FAILED");
  }
  requireNoFault(collective.allGatherObject(fault, CALL));
  // An object of the user may fail on one rank alone: the others must not wait for it, or go on without it.
  const failed = await withoutGradients(() => plan.commit()).then(
    () => undefined,
    (error: unknown) => faultOf(error, "CHECKPOINT_FAILED"),
  );
  requireNoFault(collective.allGatherObject(failed, CALL));
  return { id, state: state as SavedState, notices: plan.notices };
}

async function makePlan(
  { training, made, custom, collective }: Subject,
  { hooks, path }: LoadRequest,
  {
    id,
    json,
    source,
  }: {
    readonly id: string;
    readonly json: ReadonlyMap<string, unknown>;
    readonly source: TensorSource;
  },
  plan: RestorePlan,
): Promise<SavedState> {
  const content = json.get(STATE_FILE);
  if (content === undefined) {
    throw new AcceleratorError("CHECKPOINT_DAMAGED", `loadState: ${path} has no ${STATE_FILE}.`);
  }
  requireStateShape(content);
  const state = content as SavedState & {
    readonly ranks: readonly SavedRank[];
  };
  const objects = training.models.objects;
  const left = [...objects];
  const files: HookSource = {
    json: (name) => decodeState(json.get(name), NO_TENSORS),
    tensors: (name) => tensorsIn(source.get(name)),
  };
  for (const hook of hooks) await hook(left, path, files);
  const isLeftOut = (index: number) => !left.includes(objects[index] as object);
  const known = planModels(state.models, training.models.models, { source, isLeftOut }, plan);
  planOptimizers(state.optimizers, made.optimizers, { source, known }, plan);
  planAccumulation(state.accumulation, training.state, plan);
  planScaler(state.scaler, training.scaler, plan);
  const batches = { saved: state.globalBatch, now: globalBatchOf(made.loaders) };
  planSchedulers(state.schedulers, made.schedulers, batches, plan);
  planLearningRates(state.optimizers, made, plan);
  const slots = () => slotsByOwnName(state.optimizers, made.optimizers, known);
  planRank(state.ranks, training, collective, { source, known, slots }, plan);
  planLocalTurns(state.localTurns ?? [], training.state, source, plan);
  plan.commits.push(() => training.fits.resume(state.fits));
  planLoaders(state.loaders, made.loaders, plan);
  const customs: unknown[] = [];
  for (let i = 0; json.has(`${customFile(i)}.json`); i++)
    customs.push(json.get(`${customFile(i)}.json`));
  custom.plan(customs, source, plan);
  planRandom(state.ranks, collective.rank, id, plan);
  return state;
}

/** @throws {AcceleratorError} the first fault of any rank, on every rank. */
function requireNoFault(faults: readonly (Fault | undefined)[]): void {
  const first = faults.find((one) => one !== undefined);
  if (first) throw errorOf(first);
}

const NO_TENSORS = new Map<string, StoredTensor>();

function tensorsIn(
  file: ReadonlyMap<string, StoredTensor> | undefined,
): Map<string, Tensor> | undefined {
  if (!file) return undefined;
  return new Map([...file].map(([name, stored]) => [name, keep(tensorOfStored(stored))]));
}

/** Where the trackers of a checkpoint go on; undefined if it had none with a journal. */
export function trackersOf({ json }: Pick<ReadCheckpoint, "json">): ResumePoint | undefined {
  const { trackers } = (json.get(STATE_FILE) ?? {}) as { readonly trackers?: Partial<ResumePoint> };
  const { runId, folder, checkpoint, startedMs } = trackers ?? {};
  const texts = [runId, folder, checkpoint];
  const isWhole = texts.every((text) => typeof text === "string") && typeof startedMs === "number";
  return isWhole ? (trackers as ResumePoint) : undefined;
}
