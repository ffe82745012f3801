import {
  type DeliveredEvent,
  type FinishStatus,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import {
  isTrue,
  LeftOut,
  messageOf,
  movedPath,
  notStarted,
  recordEvents,
  savedPath,
} from "@acc/tracker-kit";
import { forgetAutoResume, rememberForAutoResume } from "./auto-resume.ts";
import { WandbApi } from "./client/api.ts";
import { LiveRun } from "./live-run.ts";
import { WandbRun } from "./native/run.ts";
import { OfflineSink } from "./offline-sink.ts";
import { OnlineSink } from "./online-sink.ts";
import type { WandbOptions } from "./options.ts";
import { resumedState } from "./resumed-state.ts";
import { type RunSettings, resolveSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import { NEW_RUN, type WandbState } from "./state.ts";
import { leaveOutAfterEnd, WandbTranslator } from "./translate.ts";

/** Records a run at a W&B server, or in a folder that `wandb sync` uploads. */
export class WandbTracker extends PostingTracker {
  readonly name = "wandb";
  readonly requiresLoggingDirectory = false;
  override readonly monitored = { system: true, console: true };
  readonly #creation: TrackerCreation;
  readonly #options: WandbOptions;
  readonly #leftOut: LeftOut;
  #state: WandbState | undefined;
  /** Undefined in mode disabled. */
  #sink: Sink | undefined;
  #live: LiveRun | undefined;
  #native: WandbRun | undefined;

  constructor(creation: TrackerCreation) {
    const { run } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as WandbOptions;
    this.#leftOut = new LeftOut("W&B", (message) => run.warn(message));
  }

  /** The run, with the calls of W&B's Python client; after `start`. */
  get tracker(): WandbRun {
    if (this.#native) return this.#native;
    throw notStarted("The W&B run");
  }

  /** Decides where the run is recorded, without asking a server. */
  override async start(): Promise<void> {
    if (this.#state) return;
    const { run, projectName } = this.#creation;
    const saved = run.state as WandbState | undefined;
    const begun = saved?.settings ?? (await resolveSettings(projectName, this.#options, run));
    const moved = saved?.dir && movedPath(saved.dir, run.folder);
    const settings = moved === undefined ? begun : { ...begun, dir: moved };
    const dir = savedPath(settings.dir, run.folder);
    const state = { recorder: NEW_RUN, isFinished: false, ...saved, settings, dir };
    if (run.resumed) state.isFinished = false; // the process before may have ended it
    this.#state = state;
    this.#sink = this.#openSink(state);
    this.#native = new WandbRun({
      settings,
      startedMs: run.startedMs,
      post: (event) => this.postEvent(event),
      place: () =>
        this.#sink?.place ?? {
          name: settings.name,
          entity: settings.entity,
          url: undefined,
          dir: undefined,
        },
    });
    // From here on the environment is not read: every later process records the same run.
    if (!saved) await run.save(this.#currentState());
    if (!saved && !run.isReplay && settings.mode !== "disabled") this.#saveCode(this.#native);
    if (settings.resume === "auto" && this.#sink && !run.isReplay) this.#rememberRun(settings);
  }

  /** If it is asked for: in the process that begins the run. */
  #saveCode(native: WandbRun): void {
    const { WANDB_SAVE_CODE, WANDB_DISABLE_CODE } = process.env;
    const isAsked = isTrue(WANDB_SAVE_CODE || "false") && !isTrue(WANDB_DISABLE_CODE || "false");
    if (!(this.#options.saveCode ?? isAsked)) return;
    try {
      native.logCode();
    } catch (error) {
      this.#creation.run.warn(`W&B: the code is not kept. ${messageOf(error)}`);
    }
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const { isFinished } = this.#started();
    if (!this.#sink) return;
    if (isFinished) {
      for (const _ of events) leaveOutAfterEnd((what, advice) => this.#leftOut.add(what, advice));
      return;
    }
    await this.#live?.pace(events.length, signal);
    await this.#record(events, this.#sink, signal);
    if (!this.#started().isFinished) this.#live?.delivered();
  }

  override state(): TrackerState | undefined {
    return this.#state && this.#currentState();
  }

  override async finish(status: FinishStatus): Promise<void> {
    this.#live?.stop();
    if (!this.#state || !this.#sink) return;
    const { isFinished, settings } = this.#state;
    if (!isFinished) {
      const end = endOf(status === "success" ? 0 : 1);
      await this.#record([end], this.#sink, new AbortController().signal);
      await this.#creation.run.save(this.#currentState());
    }
    const { resume, dir, id } = settings;
    if (resume === "auto" && status === "success") forgetAutoResume(dir, id);
    this.#leftOut.report();
  }

  async #record(events: readonly DeliveredEvent[], sink: Sink, signal: AbortSignal): Promise<void> {
    await this.#lookUp(sink, signal);
    const { run } = this.#creation;
    const state = this.#started();
    let isFinished = false;
    const recorder = await recordEvents(
      events,
      {
        state: state.recorder,
        translator: (draft, leaveOut) =>
          new WandbTranslator(draft, {
            runId: state.settings.id,
            recordingId: run.id,
            startedMs: run.startedMs,
            warn: (message) => run.warn(message),
            leaveOut,
          }),
        leftOut: this.#leftOut,
      },
      async ({ operations, translator, leaveOut }) => {
        ({ isFinished } = translator);
        await sink.send(operations, { signal, leaveOut });
      },
    );
    this.#state = { ...state, recorder, isFinished };
    if (isFinished) this.#end(recorder.moved);
  }

  /** A resumed run continues after the values at the server, which are read once and saved. */
  async #lookUp(sink: Sink, signal: AbortSignal): Promise<void> {
    const existing = await sink.lookUp(signal);
    if (!existing) return;
    this.#state = { ...this.#started(), recorder: resumedState(existing) };
    await this.#creation.run.save(this.#currentState());
  }

  #end(moved: number): void {
    this.#live?.stop();
    if (moved === 0) return;
    this.#creation.run.warn(
      `W&B recorded the values of ${moved} ${moved === 1 ? "call" : "calls"} at a later step than they gave.`,
    );
  }

  #openSink({ settings, offline, online }: WandbState): Sink | undefined {
    const { run } = this.#creation;
    const { id: runId, startedMs, folder: runFolder } = run;
    const common = { settings, runId, startedMs, runFolder };
    if (settings.mode === "disabled") return undefined;
    if (settings.mode === "offline") {
      return new OfflineSink({ ...common, isReplay: run.isReplay }, offline);
    }
    const api = new WandbApi(settings.baseUrl, this.#options.apiKey);
    // Within a delivery: the state before it, and how much of it is at the server.
    const save = (changed: WandbState["online"]) =>
      run.save({ ...this.#started(), online: changed } as WandbState);
    const isResumed = run.resumed !== undefined;
    const sink = new OnlineSink({ ...common, api, save, isResumed }, online);
    this.#live = new LiveRun(sink, run, this.#options);
    return sink;
  }

  #currentState(): WandbState {
    return { ...this.#started(), ...this.#sink?.state };
  }

  #started(): WandbState {
    if (this.#state) return this.#state;
    throw notStarted("The W&B run");
  }

  #rememberRun({ dir, id }: RunSettings): void {
    try {
      rememberForAutoResume(dir, id);
    } catch (error) {
      this.#creation.run.warn(
        `W&B's resume "auto" cannot keep the run's id below ${dir} (${(error as NodeJS.ErrnoException).code}): ` +
          "the next run will be a new one.",
      );
    }
  }
}

/** The event that ends a run. */
function endOf(exitCode: number): DeliveredEvent {
  return { type: "call", method: "finish", args: [exitCode], context: {}, sequence: 0 };
}
