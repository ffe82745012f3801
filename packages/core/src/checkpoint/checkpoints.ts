import { replicaContext } from "../context/replica-context.ts";
import type { ResumePoint } from "../context/tracker-request.ts";
import { messageOf } from "../errors.ts";
import { errorOf, type Fault } from "../fault.ts";
import { CallQueue } from "./call-queue.ts";
import { canSave } from "./can-save.ts";
import type { Checkpoint, CheckpointSummary } from "./checkpoint.ts";
import { LazyCheckpoint } from "./checkpoint.ts";
import type { CheckpointContent } from "./checkpoint-content.ts";
import { CheckpointFolder, type FolderOptions } from "./checkpoint-folder.ts";
import {
  type CheckpointPolicy,
  checkFolder,
  checkLoadOptions,
  checkSaveOptions,
  rulesOf,
  type SaveStateOptions,
} from "./checkpoint-options.ts";
import { CustomObjects } from "./custom-objects.ts";
import { Disk } from "./disk.ts";
import type { Facts } from "./facts.ts";
import { iterationOf } from "./files/checkpoint-names.ts";
import { Hooks, type LoadStateHook, type SaveStateHook } from "./hooks.ts";
import type { Subject } from "./inventory.ts";
import type { LoadModelOptions } from "./load-weights.ts";
import { LoggedMetrics } from "./logged-metrics.ts";
import {
  checkSaveModel,
  type SaveModelOptions,
  saveModelWeights,
  saveTensors,
} from "./model-weights.ts";
import { Policy } from "./policy.ts";
import { Preemption } from "./preemption.ts";
import type { LoadStateOptions } from "./restore-plan.ts";
import { reportSlow } from "./slow-work.ts";
import { stepsOf } from "./steps.ts";
import { type Reading, readWanted } from "./wanted-checkpoint.ts";
import { WriteTurns } from "./write-turns.ts";

export type CheckpointsOptions = FolderOptions & {
  readonly subject: Omit<Subject, "custom">;
  readonly policy: CheckpointPolicy;
  readonly totalLimit: number | undefined;
  /** `"latest"`, or the path of a checkpoint. */
  readonly resumeFromCheckpoint: string | undefined;
  /** Resolves once everything logged so far is on the disk. */
  readonly flush: () => Promise<void>;
  /** A checkpoint is on the disk; called on the main process. */
  readonly onWritten: (path: string) => void;
};

/**
 * The checkpoints of one accelerator. Every training script imports this module, but many save or load nothing: what does the
 * work is imported when it is needed.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #subject: Subject;
  readonly #custom = new CustomObjects();
  readonly #folder: CheckpointFolder;
  readonly #turns: WriteTurns;
  /** Saves and loads: they meet the other ranks, and use the same memory. */
  readonly #calls = new CallQueue();
  readonly #disk: Disk;
  readonly #metrics: LoggedMetrics;
  readonly policy: Policy;
  readonly preemption: Preemption;
  readonly saveHooks: Hooks<SaveStateHook> = new Hooks<SaveStateHook>();
  readonly loadHooks: Hooks<LoadStateHook> = new Hooks<LoadStateHook>();
  #resumed: Checkpoint | undefined;
  /** The checkpoint that the next one follows. */
  #parent: string | undefined;
  #last: Checkpoint | undefined;
  /** Whether a save has found that weights or slots differ from rank to rank; the same on every rank. */
  #isApart = false;
  /** Whether the script has asked for a state, or was told that it should. */
  #isLoadCalled = false;
  /** The checkpoint of `resumeFromCheckpoint`, once it is read and until it is loaded. */
  #toResume: Promise<Reading> | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#subject = { ...options.subject, custom: this.#custom };
    this.#folder = new CheckpointFolder(options);
    const { collective, training } = options.subject;
    this.#turns = new WriteTurns(collective);
    this.#disk = new Disk({
      ...{ isDurable: options.policy.durable ?? true, warn },
      rules: rulesOf(options.policy, options.totalLimit),
    });
    this.#metrics = new LoggedMetrics(options.policy.keepBest?.metric);
    this.policy = new Policy(options.policy, {
      ...{ collective, state: training.state },
      steps: () => stepsOf(options.subject.made.optimizers),
      isBusy: () => this.#turns.isBusy,
      save: () => this.#save(undefined, "schedule", {}),
    });
    const { supervision } = collective;
    this.preemption = new Preemption({
      supervision,
      canSave: () => canSave(options.subject),
      save: () => this.#save(undefined, "signal", {}),
    });
    if (this.#savesByItself) supervision.acceptRequests();
    training.state.onBetweenSteps = (loader) => {
      this.#noteUnloaded();
      return this.preemption.afterStep() ?? this.policy.afterStep(loader);
    };
  }

  /** Whether the script has asked for checkpoints that can be found again. */
  get #savesByItself(): boolean {
    const { policy, resumeFromCheckpoint, projectDir } = this.#options;
    const isAsked = resumeFromCheckpoint !== undefined || Object.keys(policy).length > 0;
    return isAsked && projectDir !== undefined;
  }

  /** The checkpoint that this run goes on from; undefined if it began anew. */
  get resumed(): Checkpoint | undefined {
    return this.#resumed;
  }

  /** The number of the next numbered checkpoint. */
  get saveIteration(): number {
    return this.#folder.iteration;
  }

  /** Adds objects of the user to the state. @returns the object, or the list of several. */
  register(objects: readonly object[]): object {
    this.#custom.register(objects);
    return objects.length === 1 ? (objects[0] as object) : objects;
  }

  /** Values for `keepBest`. */
  noteLogged(values: Readonly<Record<string, unknown>>): void {
    this.#metrics.note(values);
  }

  async save(folder: string | undefined, options: SaveStateOptions): Promise<Checkpoint> {
    checkFolder("saveState: the folder", folder);
    checkSaveOptions(options);
    return await this.#save(folder, "manual", options);
  }

  async load(
    folder: string | undefined,
    options: LoadStateOptions,
  ): Promise<Checkpoint | undefined> {
    checkFolder("loadState: the folder", folder);
    checkLoadOptions(options);
    this.#isLoadCalled = true;
    return await this.#calls.run("loadState", () => this.#load(folder, options));
  }

  async #load(
    folder: string | undefined,
    options: LoadStateOptions,
  ): Promise<Checkpoint | undefined> {
    const subject = this.#subject;
    const { collective } = subject;
    const toResume = folder === undefined ? this.#toResume : undefined;
    const found = collective.rank === 0 ? await (toResume ?? this.#read(folder)) : undefined;
    this.#toResume = undefined; // its memory is free once it is loaded
    const mine: Found = { path: found?.content?.path, fault: found?.fault };
    const { path, fault } = collective.broadcastObject(mine, 0, "loadState()");
    if (fault) throw errorOf(fault);
    if (path === undefined) return undefined;
    const { loadState } = await import("./load-state.ts");
    const hooks = this.#calls.callbacks("a hook of registerLoadStatePreHook", this.loadHooks.all);
    const request = { path, options, hooks, read: found?.content };
    const { id, notices } = await loadState(subject, request);
    for (const notice of notices) if (collective.rank === 0) warn(`loadState: ${notice}`);
    this.#resumed = new LazyCheckpoint(path, iterationOf(path), async () => {});
    this.#parent = id;
    this.policy.restart();
    return this.#resumed;
  }

  /**
   * Where the trackers go on; undefined for a new run. It reads the checkpoint of `resumeFromCheckpoint`, which `load` then loads,
   * whatever is written in between. On the main process.
   */
  async resumePoint(): Promise<ResumePoint | undefined> {
    const { resumeFromCheckpoint, subject } = this.#options;
    if (resumeFromCheckpoint === undefined || subject.collective.rank !== 0) return undefined;
    this.#toResume ??= this.#read(undefined);
    const { content } = await this.#toResume; // `load` reports a fault
    if (!content) return undefined;
    const { trackersOf } = await import("./load-state.ts");
    return trackersOf(content);
  }

  async saveModel(model: object, folder: string, options: SaveModelOptions): Promise<void> {
    checkSaveModel(folder, options);
    if (this.#subject.collective.rank === 0) await saveModelWeights(model, folder, options);
  }

  async loadModel(model: object, path: string, options: LoadModelOptions): Promise<void> {
    const { collective, training } = this.#subject;
    const { loadWeights } = await import("./load-weights.ts");
    await this.#calls.run("loadCheckpointInModel", async () => {
      await this.idle(); // the files may be those of the last save
      await loadWeights(model, path, options, { collective, models: training.models });
    });
  }

  async saveTensors(tensors: Parameters<typeof saveTensors>[0], path: string): Promise<void> {
    if (this.#subject.collective.rank === 0) await saveTensors(tensors, path);
  }

  /** The complete checkpoints of the project, the oldest first. */
  async list(): Promise<CheckpointSummary[]> {
    const folder = this.#folder.require("checkpoints");
    const { listCheckpoints } = await import("./list-checkpoints.ts");
    return await listCheckpoints(folder);
  }

  /** Waits until nothing is being written, and ends the thread that writes. */
  async close(): Promise<void> {
    await this.#calls.run(undefined, () => this.idle()); // a save that nobody has waited for is written too
    if (this.#last && this.#subject.collective.rank === 0) this.#metrics.warnIfUnknown(warn);
    await this.#disk.close();
  }

  /** Resolves when nothing is being written; never rejects. */
  async idle(): Promise<void> {
    await this.#last?.written.catch(() => {});
  }

  /** A run that is asked to go on, and whose script loads nothing, would begin anew without a word. */
  #noteUnloaded(): void {
    const { resumeFromCheckpoint: resume, subject } = this.#options;
    if (this.#isLoadCalled || stepsOf(subject.made.optimizers) === 0) return;
    this.#isLoadCalled = true;
    if (resume === undefined || subject.collective.rank !== 0) return;
    warn(
      `The run begins anew, although it should go on from ${resume}: the script has trained without loadState(). Call ` +
        "await accelerator.loadState() when everything is prepared, before the first step.",
    );
  }

  /** Reads the checkpoint to load, on the main process. */
  async #read(folder: string | undefined): Promise<Reading> {
    const reading = readWanted({
      ...{ folder, resume: this.#options.resumeFromCheckpoint },
      parent: () => this.#folder.require("loadState"),
      prepare: async () => {
        this.#subject.training.pending.check("loadState");
        await this.#turns.idle(); // the newest may be the one that is being written
      },
      warn: (message) => warn(`loadState: ${message}`),
      isShared: this.#subject.collective.worldSize > 1,
    });
    return await reportSlow("loadState: the checkpoint is read", reading);
  }

  async #save(
    folder: string | undefined,
    reason: Facts["reason"],
    options: SaveStateOptions,
  ): Promise<Checkpoint> {
    const metrics = this.#metrics.with(options.metrics);
    const begin = () => this.#begin(folder, reason, metrics);
    const checkpoint = await this.#calls.run(reason === "manual" ? "saveState" : undefined, begin);
    if (options.wait) await checkpoint.written;
    return checkpoint;
  }

  async #begin(
    folder: string | undefined,
    reason: Facts["reason"],
    metrics: ReturnType<LoggedMetrics["with"]>,
  ): Promise<Checkpoint> {
    const { flush } = this.#options;
    const subject = this.#subject;
    const [{ saveState }, { factsOf }] = await Promise.all([
      import("./save-state.ts"),
      import("./facts.ts"),
    ]);
    const checkpoint = await saveState(subject, this.#turns, {
      target: async () => {
        await this.#disk.ready();
        return await this.#folder.target(folder);
      },
      hooks: this.#calls.callbacks("a hook of registerSaveStatePreHook", this.saveHooks.all),
      isApart: this.#isApart,
      onApart: (message) => {
        this.#isApart = true;
        if (subject.collective.rank === 0) warn(message);
      },
      write: async (content) => {
        const facts = { ...factsOf(subject, reason), parent: this.#parent }; // of the moment of the copy
        // A checkpoint claims that what was logged before it is on the disk.
        const rest = Promise.all([metrics, flush()]).then(([known]) => ({ metrics: known }));
        const writing = this.#write(content, facts, rest);
        // Where another replica fails, the host ends this one.
        replicaContext().host?.finishBeforeEnd(writing);
        await writing;
      },
    });
    this.#folder.passed(checkpoint.iteration);
    this.#last = checkpoint;
    this.policy.restart();
    if (checkpoint.iteration !== undefined) subject.collective.supervision.acceptRequests();
    return checkpoint;
  }

  async #write(
    content: CheckpointContent,
    facts: Facts,
    rest: Promise<Pick<Facts, "metrics">>,
  ): Promise<void> {
    try {
      const { id } = await this.#disk.write(content, facts, rest);
      this.#parent = id;
      this.#options.onWritten(content.target.path);
    } catch (error) {
      warn(
        `saveState: training goes on, but a checkpoint could not be written: ${messageOf(error)}`,
      );
      throw error;
    }
  }
}

/** What the main process has found. */
type Found = { readonly path: string | undefined; readonly fault: Fault | undefined };

function warn(message: string): void {
  process.emitWarning(message, "AcceleratorWarning");
}
