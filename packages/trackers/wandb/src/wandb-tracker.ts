import {
  AcceleratorError,
  type ArtifactData,
  type DeliveredEvent,
  type FinishStatus,
  GeneralTracker,
  type ImageData,
  type LogContext,
  type LogValues,
  type RunConfig,
  type TableData,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import { forgetAutoResume, rememberForAutoResume } from "./auto-resume.ts";
import { LiveRun } from "./live-run.ts";
import type { LeaveOut } from "./logged-row.ts";
import type { MetricOptions } from "./metric-definition.ts";
import { OfflineRun } from "./offline-run.ts";
import { OnlineRun, type OnlineState } from "./online-run.ts";
import { NEW_RUN, Recorder } from "./recorder.ts";
import { resumedState } from "./resumed-state.ts";
import { resolveSettings } from "./run-settings.ts";
import { WandbApi } from "./wandb-api.ts";
import type { WandbOptions } from "./wandb-options.ts";
import { WandbRun } from "./wandb-run.ts";
import type { WandbState } from "./wandb-state.ts";

/** Records a run at a W&B server, or in a folder that `wandb sync` uploads. */
export class WandbTracker extends GeneralTracker {
  readonly name = "wandb";
  readonly requiresLoggingDirectory = false;
  readonly #creation: TrackerCreation;
  readonly #options: WandbOptions;
  readonly #leftOut: LeftOut;
  #live: LiveRun | undefined;
  #state: WandbState | undefined;
  /** Undefined in mode disabled. */
  #target: OfflineRun | OnlineRun | undefined;
  #native: WandbRun | undefined;

  constructor(creation: TrackerCreation) {
    super();
    this.#creation = creation;
    this.#options = creation.options as WandbOptions;
    this.#leftOut = new LeftOut("W&B", creation.run.warn);
  }

  /** The run, with the calls of W&B's own client; after `start`. */
  get tracker(): WandbRun {
    if (this.#native) return this.#native;
    throw new AcceleratorError(
      "STATE_INVALID",
      "The W&B run has not been started; call initTrackers first.",
    );
  }

  /** Decides where the run is recorded, without asking a server. */
  override async start(): Promise<void> {
    if (this.#state) return;
    const { run, projectName } = this.#creation;
    const saved = run.state as WandbState | undefined;
    const settings = saved?.settings ?? (await resolveSettings(projectName, this.#options, run));
    const state = saved ?? { settings, recorder: NEW_RUN, isFinished: false };
    this.#state = state;
    const target = this.#openTarget(state);
    this.#target = target;
    if (target instanceof OnlineRun) this.#live = new LiveRun(target, run, this.#options);
    this.#native = new WandbRun({
      settings,
      startedMs: run.startedMs,
      post: (event) => run.post(event),
      place: () => this.#place(),
    });
    // From here on the environment may change: every later process records the same run.
    if (!saved) await run.save(this.#currentState());
    const isRecorded = this.#target !== undefined && !run.isReplay;
    if (settings.resume === "auto" && isRecorded) this.#rememberRun(state);
  }

  // Called on the tracker itself these go the way of all events, into the journal first.

  override storeInitConfiguration(values: RunConfig): void {
    this.#creation.run.post({ type: "config", values, target: this.name });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.#creation.run.post({
      type: "metrics",
      values,
      context: timed(context),
      target: this.name,
    });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.#creation.run.post({ type: "images", values, context: timed(context), target: this.name });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.#creation.run.post({ type: "tables", values, context: timed(context), target: this.name });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext = {}): void {
    const { run } = this.#creation;
    run.post({ type: "artifact", artifact, context: timed(context), target: this.name });
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const state = this.#opened();
    if (!this.#target) return;
    if (state.isFinished) {
      this.#leaveOutAfterEnd(events.length);
      return;
    }
    await this.#live?.pace(events.length, signal);
    await this.#record(signal, (recorder) => {
      for (const [at, event] of events.entries()) {
        if (event.type !== "call") recorder.apply(event);
        else if (event.method === "summary") recorder.setSummary(event.args[0] as LogValues);
        else if (event.method === "defineMetric") {
          recorder.define(String(event.args[0]), (event.args[1] ?? {}) as MetricOptions);
        } else if (event.method === "finish") {
          this.#leaveOutAfterEnd(events.length - at - 1);
          return Number(event.args[0] ?? 0);
        }
      }
      return undefined;
    });
    if (!this.#opened().isFinished) this.#live?.delivered();
  }

  override state(): TrackerState | undefined {
    return this.#state && this.#currentState();
  }

  override async finish(status: FinishStatus): Promise<void> {
    this.#live?.stop();
    const state = this.#state;
    if (!state || !this.#target) return;
    if (!state.isFinished) {
      await this.#record(new AbortController().signal, () => (status === "success" ? 0 : 1));
      await this.#creation.run.save(this.#currentState());
    }
    const { resume, dir, id } = state.settings;
    if (resume === "auto" && status === "success") forgetAutoResume(dir, id);
    this.#leftOut.report();
  }

  /**
   * Records what `fill` makes of events. Nothing of the state changes if that fails.
   *
   * @param fill returns the exit code if the run ends with them.
   */
  async #record(
    signal: AbortSignal,
    fill: (recorder: Recorder) => number | undefined,
  ): Promise<void> {
    const target = this.#target;
    if (!target) return;
    if (target instanceof OnlineRun) await this.#lookUp(target, signal);
    const { run } = this.#creation;
    const state = this.#opened();
    const leftOut: Parameters<LeaveOut>[] = []; // an attempt that fails is made again
    const recorder = new Recorder(state.recorder, {
      runId: state.settings.id,
      recordingId: run.id,
      startedMs: run.startedMs,
      warn: run.warn,
      leaveOut: (...what) => leftOut.push(what),
    });
    const exitCode = fill(recorder);
    if (exitCode !== undefined) recorder.end();
    await target.write(recorder, exitCode, signal);
    for (const [what, advice] of leftOut) this.#leftOut.add(what, advice);
    const isFinished = exitCode !== undefined;
    this.#state = { ...state, recorder: recorder.state(), isFinished };
    if (isFinished) this.#end(recorder.moved);
  }

  /** A resumed run goes on where the server says it ended; that is asked once and kept. */
  async #lookUp(target: OnlineRun, signal: AbortSignal): Promise<void> {
    const existing = await target.lookUp(signal);
    if (!existing) return;
    this.#state = { ...this.#opened(), recorder: resumedState(existing) };
    await this.#creation.run.save(this.#currentState());
  }

  #end(moved: number): void {
    this.#live?.stop();
    if (moved === 0) return;
    this.#creation.run.warn(
      `W&B recorded the values of ${moved} ${moved === 1 ? "call" : "calls"} at a later step than they gave.`,
    );
  }

  #openTarget(state: WandbState): OfflineRun | OnlineRun | undefined {
    const { settings } = state;
    const { run } = this.#creation;
    const common = { settings, runId: run.id, startedMs: run.startedMs };
    switch (settings.mode) {
      case "disabled":
        return undefined;
      case "offline":
        return new OfflineRun({ ...common, isReplay: run.isReplay }, state.offline);
      case "online":
        return new OnlineRun(
          {
            ...common,
            api: new WandbApi(settings.baseUrl, this.#options.apiKey),
            save: (online) => run.save(this.#stateWith(online)),
            leaveOut: (what, advice) => this.#leftOut.add(what, advice),
          },
          state.online,
        );
    }
  }

  #currentState(): WandbState {
    const state = this.#opened();
    const target = this.#target;
    if (target instanceof OnlineRun) return { ...state, online: target.state };
    return target ? { ...state, offline: target.state } : state;
  }

  /** Within a delivery: what was recorded before it, and how far this one got. */
  #stateWith(online: OnlineState): WandbState {
    return { ...this.#opened(), online };
  }

  #opened(): WandbState {
    if (this.#state) return this.#state;
    throw new AcceleratorError(
      "STATE_INVALID",
      "The W&B run has not been started; call initTrackers first.",
    );
  }

  #place() {
    const { settings } = this.#opened();
    const target = this.#target;
    const run = target instanceof OnlineRun ? target.state.run : undefined;
    return {
      name: run?.name ?? settings.name,
      entity: run?.entity ?? settings.entity,
      url: target instanceof OnlineRun ? target.url : undefined,
      dir: target instanceof OfflineRun ? target.state.folder : undefined,
    };
  }

  #leaveOutAfterEnd(count: number): void {
    for (let n = 0; n < count; n++) {
      this.#leftOut.add("what is logged after the run's finish()", "log before it.");
    }
  }

  #rememberRun({ settings }: WandbState): void {
    try {
      rememberForAutoResume(settings.dir, settings.id);
    } catch (error) {
      this.#creation.run.warn(
        `W&B's resume "auto" cannot keep the run's id below ${settings.dir} (${(error as NodeJS.ErrnoException).code}): ` +
          "the next run will begin anew.",
      );
    }
  }
}

function timed(context: LogContext): LogContext {
  return { wallTimeMs: Date.now(), ...context };
}
