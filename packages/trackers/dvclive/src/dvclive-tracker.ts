import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import {
  AcceleratorError,
  type DeliveredEvent,
  GeneralTracker,
  type LogContext,
  type LogValues,
  type RunConfig,
  type TrackerCreation,
  type TrackerRun,
  type TrackerState,
  TrackerUnreachableError,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import { applyEvent } from "./apply-event.ts";
import { dvcEntries } from "./dvc-entries.ts";
import { updateDvcYaml } from "./dvc-yaml.ts";
import { saveExperiment } from "./experiment.ts";
import { Live } from "./live.ts";
import { LiveFolder, replaceFile } from "./live-folder.ts";
import type { DvcLiveOptions } from "./live-options.ts";
import { LiveRecording } from "./live-recording.ts";
import { type LiveState, newState } from "./live-state.ts";

const NAME = "dvclive";
/** Of the file system; the events stay in the journal and are written once it takes them again. */
const PASSING = new Set([
  "ENOSPC",
  "EDQUOT",
  "EIO",
  "EROFS",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
]);

type Opened = { readonly folder: LiveFolder; readonly state: LiveState };

/**
 * Writes a run as DVCLive does: `dvclive/plots`, `metrics.json` and `params.yaml`, entries of `dvc.yaml`, and at the end a
 * DVC experiment.
 *
 * It delivers, although it writes local files: the state knows how long each file is, so that whoever goes on after
 * a crash cuts off what a delivery left unfinished and writes every row once.
 */
export class DvcLiveTracker extends GeneralTracker {
  readonly name: string = NAME;
  readonly requiresLoggingDirectory = false;
  readonly tracker: Live;
  readonly #projectName: string;
  readonly #options: DvcLiveOptions;
  readonly #run: TrackerRun;
  readonly #leftOut: LeftOut;
  /** What this process goes on from. */
  readonly #saved: LiveState;
  #opened: Opened | undefined;
  /** What `dvc.yaml` was last given; it is not written again for the same. */
  #written = "";

  /** @throws {AcceleratorError} `OPTION_INVALID` for a `dvcyaml` that DVC would not read. */
  constructor({ projectName, options, run }: TrackerCreation) {
    super();
    this.#projectName = projectName;
    this.#options = options;
    this.#run = run;
    this.#leftOut = new LeftOut("DVCLive", (message) => run.warn(message));
    const { dvcyaml = "dvc.yaml" } = this.#options;
    if (dvcyaml !== false && basename(dvcyaml) !== "dvc.yaml") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `dvclive: the file of dvcyaml must be called dvc.yaml, got ${JSON.stringify(dvcyaml)}.`,
      );
    }
    const { state = newState(relative(run.folder, process.cwd())) } = run;
    this.#saved = state as LiveState;
    this.tracker = new Live(
      (event) => run.post({ ...event, target: NAME }),
      () => this.#opened?.state.step ?? 0,
    );
  }

  /** Only says where the run is: `acc sync` may be called anywhere. Files are written by `deliver`. */
  override async start(): Promise<void> {
    await this.#run.save(this.#saved);
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#run.post({ type: "config", values, target: NAME });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    const timed = { wallTimeMs: Date.now(), ...context };
    this.#run.post({ type: "metrics", values, context: timed, target: NAME });
  }

  override async deliver(events: readonly DeliveredEvent[]): Promise<void> {
    const endsStep = this.#options.autoNextStep !== false;
    await this.#record((recording) => {
      for (const event of events) applyEvent(event, recording, endsStep);
    });
  }

  override state(): TrackerState | undefined {
    return this.#opened?.state;
  }

  override async finish(): Promise<void> {
    if ((this.#opened?.state ?? this.#saved).isFinished) return;
    await this.#record((recording) => recording.end());
    const { folder, state } = this.#opened as Opened;
    await folder.close(state);
    this.#leftOut.report();
    await saveExperiment(
      {
        ...{ folder, options: this.#options, toAdd: state.toAdd },
        defaultName: `${this.#projectName}-${this.#run.id.slice(0, 8)}`,
      },
      (message) => this.#run.warn(message),
    );
    this.#opened = { folder, state: { ...state, isFinished: true } };
    await this.#run.save(this.#opened.state);
  }

  /** All of it, or nothing that counts: the state changes once everything is written. */
  async #record(collect: (recording: LiveRecording) => void): Promise<void> {
    try {
      this.#opened ??= await this.#open();
      const { folder, state } = this.#opened;
      const draft = { ...structuredClone(state), isFinished: false };
      const recording = new LiveRecording(draft, this.#leftOut);
      collect(recording);
      await folder.apply(recording);
      const next = recording.complete();
      await this.#writeDvcYaml(folder, next);
      this.#opened = { folder, state: next };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!PASSING.has(code ?? "")) throw error;
      const text = `The files of DVCLive cannot be written: ${message}`;
      throw new TrackerUnreachableError(text, { cause: error });
    }
  }

  async #open(): Promise<Opened> {
    const state = structuredClone(this.#saved);
    const folder = new LiveFolder(resolve(this.#run.folder, state.root), this.#options);
    if (state.isPrepared) {
      await folder.verify(state);
      return { folder, state };
    }
    const { resume = process.env.DVCLIVE_RESUME?.toLowerCase() === "true" } = this.#options;
    if (resume) {
      const fault = await folder.resume(state);
      if (fault) this.#run.warn(`${folder.path}/metrics.json is damaged and made anew: ${fault}`);
    } else await folder.clear();
    // Before the first row: whoever goes on must know how long the files were.
    state.isPrepared = true;
    await this.#run.save(state);
    return { folder, state };
  }

  /** A `dvc.yaml` that cannot be edited stays as it is: the run's own files count more. */
  async #writeDvcYaml(folder: LiveFolder, state: LiveState): Promise<void> {
    const { dvcYaml } = folder;
    if (!dvcYaml) return;
    const entries = dvcEntries(state, folder.nameInDvcYaml);
    const written = JSON.stringify([entries, [...entries.artifacts]]);
    if (written === this.#written) return;
    try {
      const text = existsSync(dvcYaml) ? await readFile(dvcYaml, "utf8") : undefined;
      const updated = updateDvcYaml(text, entries, {
        folder: folder.nameInDvcYaml,
        keepsOthers: state.isResumed,
      });
      if (updated !== (text ?? "")) await replaceFile(dvcYaml, updated);
    } catch (error) {
      if (!(error instanceof AcceleratorError)) throw error;
      this.#run.warn(error.message);
    }
    this.#written = written;
  }
}
