import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Checkpoint, CheckpointSummary } from "../checkpoint/checkpoint.ts";
import type { SaveStateOptions } from "../checkpoint/checkpoint-options.ts";
import type { Checkpoints } from "../checkpoint/checkpoints.ts";
import { fingerprint } from "../checkpoint/fingerprint.ts";
import type { LoadStateHook, SaveStateHook } from "../checkpoint/hooks.ts";
import type { LoadModelOptions } from "../checkpoint/load-weights.ts";
import { type SaveModelOptions, variablesByName } from "../checkpoint/model-weights.ts";
import type { LoadStateOptions } from "../checkpoint/restore-plan.ts";
import { requireFunction } from "../options/require-function.ts";
import type { AcceleratorParts } from "./accelerator-parts.ts";
import { ExchangingAccelerator } from "./exchanging-accelerator.ts";

/** The members of the accelerator that save and load. */
export abstract class CheckpointingAccelerator extends ExchangingAccelerator {
  readonly #checkpoints: Checkpoints;
  readonly #parts: AcceleratorParts;

  constructor(parts: AcceleratorParts) {
    super(parts);
    this.#parts = parts;
    this.#checkpoints = parts.checkpoints;
  }

  /**
   * Saves everything that a run needs to go on as if it had not been interrupted: models, optimizers, schedulers, loaders,
   * gradients that wait, random numbers, registered objects. Resolves when the state is copied; `written` of the result
   * when it is on the disk. Collective: call it on every rank, after `optimizer.step()`.
   *
   * @param folder by default the next numbered one in `checkpoints` of the project. One that exists is replaced.
   * @throws {AcceleratorError} on every rank: `CHECKPOINT_MID_STEP` between `backward` and `optimizer.step()`,
   *   `OPTION_INVALID`, `VALUE_INVALID` for an object that cannot be saved.
   */
  saveState(folder?: string, options: SaveStateOptions = {}): Promise<Checkpoint> {
    return this.#checkpoints.save(folder, options);
  }

  /**
   * Loads what `saveState` saved, in the order in which objects were prepared; also with another number of replicas.
   * Everything is checked before anything is changed. Call it on every rank, when everything is prepared.
   *
   * @param folder by default the checkpoint of `resumeFromCheckpoint`, else the newest of the project.
   * @returns undefined if `resumeFromCheckpoint` is `"latest"` and there is none yet.
   * @throws {AcceleratorError} on every rank: `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_TOO_NEW`,
   *   `CHECKPOINT_MODEL_MISMATCH`, `CHECKPOINT_DATA_CHANGED`.
   */
  loadState(folder?: string, options: LoadStateOptions = {}): Promise<Checkpoint | undefined> {
    return this.#checkpoints.load(folder, options);
  }

  /**
   * Adds objects to the state: plain objects, lists, Maps and Sets, whose content `loadState` replaces, or objects with
   * `stateDict()` and `loadStateDict(state)`. The values of the main process are saved.
   *
   * @returns the object; several as a list.
   * @throws {AcceleratorError} `VALUE_INVALID` naming all that cannot be saved; then none is registered.
   */
  registerForCheckpointing<T extends readonly object[]>(
    ...objects: T
  ): T extends readonly [infer Only] ? Only : T {
    return this.#checkpoints.register(objects) as never;
  }

  /** Calls `hook` before each save. @returns a function that removes it. */
  registerSaveStatePreHook(hook: SaveStateHook): () => void {
    requireFunction("registerSaveStatePreHook", hook);
    return this.#checkpoints.saveHooks.add(hook);
  }

  /** Calls `hook` before each load. @returns a function that removes it. */
  registerLoadStatePreHook(hook: LoadStateHook): () => void {
    requireFunction("registerLoadStatePreHook", hook);
    return this.#checkpoints.loadHooks.add(hook);
  }

  /**
   * Writes the weights of a model, trained or not, to a folder: `model.safetensors`, or several files with an index. The main
   * process writes; the others do nothing.
   *
   * @throws {AcceleratorError} `CHECKPOINT_NO_SPACE`, `CHECKPOINT_FAILED`, `MODEL_INVALID`, `OPTION_INVALID`.
   */
  saveModel(model: object, folder: string, options: SaveModelOptions = {}): Promise<void> {
    return this.#checkpoints.saveModel(model, folder, options);
  }

  /**
   * Gives a model the weights of a safetensors file, or of a folder that `saveModel` or a tool of Hugging Face has written.
   * Everything is checked before anything is changed. Call it on every rank.
   *
   * @throws {AcceleratorError} on every rank: `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_MODEL_MISMATCH`.
   */
  loadCheckpointInModel(
    model: object,
    path: string,
    options: LoadModelOptions = {},
  ): Promise<void> {
    return this.#checkpoints.loadModel(model, path, options);
  }

  /** The variables of a model, trained or not, by name: the model's own, not copies. */
  getStateDict(model: object): Map<string, Variable> {
    return variablesByName(model);
  }

  /**
   * Writes tensors by name to a safetensors file, which stays complete whatever happens. The main process writes; the others
   * do nothing. The tensors may be disposed when the call returns its promise.
   */
  save(
    tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
    path: string,
  ): Promise<void> {
    return this.#checkpoints.saveTensors(tensors, path);
  }

  /**
   * A hash of weights, state of optimizers and schedulers, and the place in the data: 16 hexadecimal digits. Two runs that
   * have the same are at the same place, to the bit; names are not part of it. Call it on every rank where all are alike: between two
   * steps, not inside `localSgd`. Collective.
   *
   * @throws {AcceleratorError} on every rank: `REPLICAS_DIFFER` naming the ranks that differ and in what, `VALUE_INVALID` for
   *   an optimizer that extends none of tfjs.
   */
  async fingerprint(): Promise<string> {
    const { training, preparation } = this.#parts;
    return fingerprint({ training, made: preparation.made, collective: this.collective });
  }

  /** The numbered checkpoints of the project that are complete, the oldest first. */
  checkpoints(): Promise<CheckpointSummary[]> {
    return this.#checkpoints.list();
  }

  /** The checkpoint that `loadState` loaded; undefined if the run began anew. */
  get resumed(): Checkpoint | undefined {
    return this.#checkpoints.resumed;
  }

  /**
   * Whether a signal has come that ends the run, the same on all ranks. A script that saves checkpoints needs not look: one is saved
   * at the next step, which then throws `PREEMPTED`.
   */
  get shouldStop(): boolean {
    return this.#checkpoints.preemption.isDue;
  }

  /** The number of the next numbered checkpoint. */
  get saveIteration(): number {
    return this.#checkpoints.saveIteration;
  }
}
