import {
  type DeliveredEvent,
  type FinishStatus,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import { LeftOut, movedPath, notStarted, recordEvents, savedPath } from "@acc/tracker-kit";
import { SwanLabApi } from "./client/api.ts";
import { LiveRun } from "./live-run.ts";
import { SwanLabRun } from "./native/run.ts";
import { OfflineSink } from "./offline-sink.ts";
import { OnlineSink } from "./online-sink.ts";
import type { SwanLabOptions } from "./options.ts";
import { resumedState } from "./resumed-state.ts";
import { resolveSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import { NEW_RUN, type SwanLabState } from "./state.ts";
import { leaveOutAfterEnd, SwanLabTranslator } from "./translate.ts";

/** Records a run at a SwanLab service, or in a folder that `swanlab sync` uploads. */
export class SwanLabTracker extends PostingTracker {
  readonly name = "swanlab";
  readonly requiresLoggingDirectory = false;
  override readonly monitored = { system: true, console: true };
  readonly #creation: TrackerCreation;
  readonly #options: SwanLabOptions;
  readonly #leftOut: LeftOut;
  #state: SwanLabState | undefined;
  /** Undefined in mode disabled. */
  #sink: Sink | undefined;
  #live: LiveRun | undefined;
  #native: SwanLabRun | undefined;

  constructor(creation: TrackerCreation) {
    const { run } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as SwanLabOptions;
    this.#leftOut = new LeftOut("SwanLab", (message) => run.warn(message));
  }

  /** The run, with the calls of SwanLab's Python client; after `start`. */
  get tracker(): SwanLabRun {
    if (this.#native) return this.#native;
    throw notStarted("The SwanLab run");
  }

  /** Decides where the run is recorded, without asking a service. */
  override async start(): Promise<void> {
    if (this.#state) return;
    const { run, projectName } = this.#creation;
    const saved = run.state as SwanLabState | undefined;
    const begun = saved?.settings ?? resolveSettings(projectName, this.#options, run);
    const moved = saved?.logDir && movedPath(saved.logDir, run.folder);
    const settings = moved === undefined ? begun : { ...begun, logDir: moved };
    const logDir = savedPath(settings.logDir, run.folder);
    const state = { recording: NEW_RUN, isFinished: false, ...saved, settings, logDir };
    if (run.resumed) state.isFinished = false; // the process before may have ended it
    this.#state = state;
    this.#sink = this.#openSink(state);
    this.#native = new SwanLabRun({
      settings,
      post: (event) => this.postEvent(event),
      place: () => {
        const { name, workspace } = settings;
        return this.#sink?.place ?? { name, workspace, url: undefined, dir: undefined };
      },
    });
    // From here on the environment is not read: every later process records the same run.
    if (!saved) await run.save(this.#currentState());
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
    if (!this.#state.isFinished) {
      await this.#record([endOf(status)], this.#sink, new AbortController().signal);
      await this.#creation.run.save(this.#currentState());
    }
    this.#leftOut.report();
  }

  async #record(events: readonly DeliveredEvent[], sink: Sink, signal: AbortSignal): Promise<void> {
    await this.#open(sink, signal);
    const { run } = this.#creation;
    const state = this.#started();
    let isFinished = false;
    const recording = await recordEvents(
      events,
      {
        state: state.recording,
        translator: (draft, leaveOut) =>
          new SwanLabTranslator(draft, { leaveOut, warn: (message) => run.warn(message) }),
        leftOut: this.#leftOut,
      },
      async ({ operations, translator, leaveOut }) => {
        ({ isFinished } = translator);
        await sink.send(operations, { signal, leaveOut });
      },
    );
    this.#state = { ...state, recording, isFinished };
    if (isFinished) this.#live?.stop();
  }

  /** What the service has of a resumed run is read once, and saved together with the fact that it was read. */
  async #open(sink: Sink, signal: AbortSignal): Promise<void> {
    const before = sink.state.online;
    const lastSteps = await sink.open(signal);
    if (lastSteps) this.#state = { ...this.#started(), recording: resumedState(lastSteps) };
    if (sink.state.online !== before) await this.#creation.run.save(this.#currentState());
  }

  #openSink({ settings, offline, online }: SwanLabState): Sink | undefined {
    const { run } = this.#creation;
    const { startedMs, folder: runFolder, isReplay } = run;
    if (settings.mode === "disabled") return undefined;
    if (settings.mode === "offline") {
      return new OfflineSink({ settings, startedMs, runFolder, isReplay }, offline);
    }
    const api = new SwanLabApi(settings.apiHost);
    const isResumed = run.resumed !== undefined;
    const sink = new OnlineSink({ settings, api, isResumed }, online);
    this.#live = new LiveRun(sink, run, this.#options);
    return sink;
  }

  #currentState(): SwanLabState {
    return { ...this.#started(), ...this.#sink?.state };
  }

  #started(): SwanLabState {
    if (this.#state) return this.#state;
    throw notStarted("The SwanLab run");
  }
}

/** The event that ends a run. */
function endOf(status: FinishStatus): DeliveredEvent {
  const args = status === "success" ? ["finished"] : ["crashed", "The training failed."];
  return { type: "call", method: "finish", args, context: {}, sequence: 0 };
}
