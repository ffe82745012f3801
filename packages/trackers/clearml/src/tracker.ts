import { join } from "node:path";
import {
  type DeliveredEvent,
  type FinishStatus,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import { drawFigures, LeftOut, notStarted, recordEvents } from "@acc/tracker-kit";
import { ApiSession } from "./client/api-session.ts";
import { resolveConnection } from "./client/connection.ts";
import { Task } from "./native/task.ts";
import { OfflineSink } from "./offline-sink.ts";
import { OnlineSink } from "./online-sink.ts";
import type { ClearMLOptions } from "./options.ts";
import { resolveSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import type { RunState } from "./state.ts";
import { ClearMLTranslator } from "./translate.ts";

/** Records a run as a task of a ClearML server, or as an offline session. */
export class ClearMLTracker extends PostingTracker {
  readonly name = "clearml";
  readonly requiresLoggingDirectory = false;
  override readonly monitored = { system: true, console: true };
  /** The task, with the calls of the Python client. */
  readonly tracker: Task;
  readonly #creation: TrackerCreation;
  readonly #options: ClearMLOptions;
  readonly #leftOut: LeftOut;
  #state: RunState | undefined;
  #sink: Sink | undefined;

  constructor(creation: TrackerCreation) {
    const { run, projectName } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as ClearMLOptions;
    this.#leftOut = new LeftOut("ClearML", (message) => run.warn(message));
    this.#state = reopened(run.state as RunState | undefined, run.resumed !== undefined);
    this.tracker = new Task({
      id: () => this.#sink?.id,
      webPage: () => this.#sink?.webPage,
      name: () => this.#state?.taskName ?? projectName,
      projectName: () => this.#state?.projectName ?? projectName,
      post: (event) => this.postEvent(event),
    });
  }

  /** Chooses the names and the destination of the run, once: every process that goes on with it uses the same. */
  override async start(): Promise<void> {
    if (this.#state === undefined) {
      this.#state = await resolveSettings(this.#creation, process.env);
      await this.#creation.run.save(this.#state);
    }
    this.#sink ??= this.#openSink(this.#state);
  }

  override async deliver(
    events: readonly DeliveredEvent[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const { state, sink } = this.#started();
    const { run } = this.#creation;
    const { hyperparameters = true, nonFinite = "text" } = this.#options;
    const pictures = await drawFigures(events, "png", { types: ["vega-lite"], signal });
    const recording = await recordEvents(
      events,
      {
        state: state.recording,
        translator: (draft, leaveOut) =>
          new ClearMLTranslator(draft, {
            runId: run.id,
            startedMs: run.startedMs,
            hyperparameters,
            nonFinite,
            pictures,
            warn: (message) => run.warn(message),
            leaveOut,
          }),
        leftOut: this.#leftOut,
      },
      ({ operations, leaveOut }) => sink.send(operations, { signal, leaveOut }),
    );
    this.#state = { ...state, recording, target: sink.state };
  }

  override state(): TrackerState | undefined {
    return this.#state;
  }

  override async finish(status: FinishStatus): Promise<void> {
    const { state, sink } = this.#started();
    await sink.finish(status);
    this.#state = { ...state, target: sink.state };
    this.#leftOut.report();
  }

  #started(): { readonly state: RunState; readonly sink: Sink } {
    if (this.#state && this.#sink) return { state: this.#state, sink: this.#sink };
    throw notStarted("The ClearML task");
  }

  #openSink(state: RunState): Sink {
    const { run } = this.#creation;
    const { target } = state;
    if (target.mode === "offline")
      return new OfflineSink(`offline-${run.id}`, state, target, run.folder);
    const warn = (message: string) => run.warn(message);
    const connection = resolveConnection(this.#options, process.env, state.hosts, warn);
    const { tags, comment } = this.#options;
    const options = {
      runId: run.id,
      run: state,
      scratch: join(run.folder, "scratch"),
      first: {
        ...(tags === undefined ? {} : { tags }),
        ...(comment === undefined ? {} : { comment }),
      },
      webHost: connection.webHost,
      keepAlive: !run.isReplay,
      save: (changed: typeof target) => run.save({ ...(this.#state ?? state), target: changed }),
    };
    return new OnlineSink(new ApiSession(connection), options, target);
  }
}

/** The process before may have closed the task: it is started again. */
function reopened(state: RunState | undefined, isResumed: boolean): RunState | undefined {
  if (!isResumed || state?.target.mode !== "online") return state;
  return { ...state, target: { ...state.target, isStarted: false } };
}
