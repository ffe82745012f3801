import { join } from "node:path";
import {
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
  type TrackerEvent,
  type TrackerState,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import { ApiSession } from "./api-session.ts";
import { beginRun } from "./begin-run.ts";
import { OfflineSession } from "./offline-session.ts";
import { OnlineTask } from "./online-task.ts";
import type { ClearMLOptions } from "./options.ts";
import type { OnlineState, RunState } from "./run-state.ts";
import { resolveConnection } from "./settings.ts";
import { Task } from "./task.ts";
import type { TaskEdit } from "./task-fields.ts";
import { translate } from "./translate.ts";

/** Records a run as a task of a ClearML server, or as an offline session. */
export class ClearMLTracker extends GeneralTracker {
  readonly name = "clearml";
  readonly requiresLoggingDirectory = false;
  readonly #creation: TrackerCreation;
  readonly #options: ClearMLOptions;
  readonly #leftOut: LeftOut;
  readonly #task: Task;
  #state: RunState | undefined;
  /** Sequence of the last event that was translated in this process. */
  #translated = -1;
  #sink: OnlineTask | OfflineSession | undefined;

  constructor(creation: TrackerCreation) {
    super();
    const { run, projectName } = creation;
    this.#creation = creation;
    this.#options = creation.options as ClearMLOptions;
    this.#leftOut = new LeftOut("ClearML", (message) => run.warn(message));
    this.#state = run.state as RunState | undefined;
    this.#task = new Task({
      id: () => this.#sink?.id,
      webPage: () => this.#sink?.webPage,
      name: () => this.#state?.taskName ?? projectName,
      projectName: () => this.#state?.projectName ?? projectName,
      post: (event) => this.#post(event),
    });
  }

  /** The task, with the calls of the Python client. */
  get tracker(): Task {
    return this.#task;
  }

  /** Decides what the run is called and where it goes, once: every process that goes on with it finds it the same. */
  override async start(): Promise<void> {
    if (this.#state === undefined) {
      this.#state = await beginRun(this.#creation, process.env);
      await this.#creation.run.save(this.#state);
    }
    this.#sink ??= this.#openSink(this.#state);
  }

  override async deliver(events: readonly DeliveredEvent[], signal?: AbortSignal): Promise<void> {
    const { state, sink } = this.#started();
    // A copy: events that are delivered again must be recorded as they were the first time.
    const recording = structuredClone(state.recording);
    const { run } = this.#creation;
    const options = {
      ...{ runId: run.id, startedMs: run.startedMs },
      hyperparameters: this.#options.hyperparameters ?? true,
      nonFinite: this.#options.nonFinite ?? ("text" as const),
      warn: (message: string) => run.warn(message),
    };
    const changes = events.flatMap((event) => {
      const isNew = event.sequence > this.#translated;
      this.#translated = Math.max(this.#translated, event.sequence);
      // What is left out is counted once, however often it comes.
      const leftOut = isNew ? this.#leftOut : new LeftOut("ClearML", () => {});
      return translate(event, { ...options, leftOut }, recording);
    });
    await sink.record(changes, signal);
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

  override storeInitConfiguration(values: RunConfig): void {
    this.#post({ type: "config", values });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.#post({ type: "metrics", values, context: timed(context) });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.#post({ type: "images", values, context: timed(context) });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.#post({ type: "tables", values, context: timed(context) });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext = {}): void {
    this.#post({ type: "artifact", artifact, context: timed(context) });
  }

  #post(event: TrackerEvent): void {
    this.#creation.run.post({ ...event, target: this.name });
  }

  #started(): { readonly state: RunState; readonly sink: OnlineTask | OfflineSession } {
    if (this.#state && this.#sink) return { state: this.#state, sink: this.#sink };
    throw new Error("the ClearML tracker was not started");
  }

  #openSink(state: RunState): OnlineTask | OfflineSession {
    const { run } = this.#creation;
    const { target } = state;
    if (target.mode === "offline") return new OfflineSession(`offline-${run.id}`, state, target);
    const warn = (message: string) => run.warn(message);
    const connection = resolveConnection(this.#options, process.env, state.hosts, warn);
    const { tags, comment } = this.#options;
    const first: TaskEdit = {
      ...(tags === undefined ? {} : { tags }),
      ...(comment === undefined ? {} : { comment }),
    };
    const options = {
      ...{ runId: run.id, run: state, scratch: join(run.folder, "scratch"), first },
      ...{ webHost: connection.webHost, keepAlive: !run.isReplay },
      save: (changed: OnlineState) =>
        run.save({ ...(this.#state ?? state), target: changed } satisfies RunState),
    };
    return new OnlineTask(new ApiSession(connection), options, target);
  }
}

function timed(context: LogContext): LogContext {
  return { wallTimeMs: Date.now(), ...context };
}
