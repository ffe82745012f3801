import {
  type DeliveredEvent,
  PostingTracker,
  type TrackerCreation,
  TrackerUnreachableError,
} from "@acc/core/tracker";
import { LeftOut, movedPath, notStarted, recordEvents, waitUntil } from "@acc/tracker-kit";
import { Run } from "./native/run.ts";
import { OfflineSink } from "./offline-sink.ts";
import { OnlineSink } from "./online-sink.ts";
import { requireOptions, type TrackioOptions } from "./options.ts";
import { resolveSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import { newRecording, type RecordingState, type TrackioState } from "./state.ts";
import { TrackioTranslator } from "./translate.ts";

/** As often as Trackio's own client sends; the first deliveries follow each other sooner, so that a short run ends soon. */
const INTERVAL_MS = 500;
const GROWTH_MS = 10;
/** Fewer events than this wait for more: each delivery is a file or a request. */
const SMALL_DELIVERY = 100;
/** What `finish` records. */
const END: DeliveredEvent = { type: "call", method: "end", args: [], context: {}, sequence: 0 };

type Started = { readonly state: TrackioState; readonly sink: Sink };

/**
 * Records a run in a folder of Trackio on this machine, or at a server or a Space. What no server takes stays in the journal,
 * and `acc sync` delivers it.
 */
export class TrackioTracker extends PostingTracker {
  readonly name = "trackio";
  readonly requiresLoggingDirectory = false;
  override readonly monitored = { system: true };
  /** The run, with the calls of Trackio's Python client. */
  readonly tracker: Run;
  readonly #creation: TrackerCreation;
  readonly #leftOut: LeftOut;
  #started: Started | undefined;
  /** When the last delivery ended, and how many there were. */
  #sent = { atMs: 0, count: 0 };

  /** @throws {AcceleratorError} `OPTION_INVALID` for options that do not go together, or an address that holds a key. */
  constructor(creation: TrackerCreation) {
    const { run, projectName } = creation;
    super((event) => run.post(event));
    requireOptions(creation.options as TrackioOptions);
    this.#creation = creation;
    this.#leftOut = new LeftOut("Trackio", (message) => run.warn(message));
    this.tracker = new Run(
      (event) => this.postEvent(event),
      () => {
        const { settings, recording } = this.#started?.state ?? {};
        return {
          project: settings?.project ?? projectName,
          name: settings?.name ?? projectName,
          group: settings?.group,
          id: recording?.runId ?? (settings?.resume === "never" ? run.id : undefined),
          url: settings && pageOf(settings),
        };
      },
    );
  }

  /** Decides where the run is recorded, without asking a server. */
  override async start(): Promise<void> {
    if (this.#started) return;
    const { run } = this.#creation;
    const saved = run.state as TrackioState | undefined;
    const settings = saved?.settings ?? resolveSettings(this.#creation);
    // Saved before the first file: no two processes may write files of one name.
    const state = { ...saved, settings, writer: saved === undefined ? 0 : saved.writer + 1 };
    await run.save(state);
    this.#started = { state, sink: this.#openSink(state) };
  }

  override async deliver(
    events: readonly DeliveredEvent[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const { atMs, count } = this.#sent;
    if (events.length < SMALL_DELIVERY) {
      const pauseMs = Math.min(INTERVAL_MS, count * GROWTH_MS);
      await waitUntil(atMs + pauseMs, "The delivery to Trackio", signal);
    }
    await this.#record(events, signal);
    this.#sent = { atMs: Date.now(), count: count + 1 };
  }

  override state(): TrackioState | undefined {
    return this.#started?.state;
  }

  override async finish(): Promise<void> {
    await this.#record([END], new AbortController().signal);
    this.#leftOut.report();
  }

  async #record(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const before = await this.#recording(signal);
    const { state, sink } = this.#running();
    const { run } = this.#creation;
    const { project, name, group } = state.settings;
    const recording = await recordEvents(
      events,
      {
        state: before,
        translator: (draft, leaveOut) =>
          new TrackioTranslator(draft, {
            ...{ project, name, group, recordingId: run.id, startedMs: run.startedMs },
            ...{ warn: (message) => run.warn(message), leaveOut },
          }),
        leftOut: this.#leftOut,
      },
      ({ operations, leaveOut }) => sink.send(operations, { signal, leaveOut }),
    );
    this.#started = { sink, state: { ...state, recording } };
  }

  /** What was recorded before: by this run, or by the one of Trackio that it goes on with. */
  async #recording(signal: AbortSignal): Promise<RecordingState> {
    const { state, sink } = this.#running();
    if (state.recording) return state.recording;
    const { run } = this.#creation;
    const { project, name, resume } = state.settings;
    if (resume === "never") return newRecording(run, undefined);
    const found = await sink.find(project, name, signal);
    if (!found && resume === "must") {
      throw new TrackerUnreachableError(
        `Trackio has no run "${name}" in the project "${project}" to go on with: check the name, or use resume "allow"`,
        { permanent: true },
      );
    }
    const recording = newRecording(run, found);
    // Saved before the first row: later the run would find itself.
    await run.save({ ...state, recording });
    this.#started = { sink, state: { ...state, recording } };
    return recording;
  }

  #running(): Started {
    if (this.#started) return this.#started;
    throw notStarted("The Trackio run");
  }

  #openSink({ settings, writer }: TrackioState): Sink {
    const { target } = settings;
    const { run, options } = this.#creation;
    if (target.mode !== "local") return new OnlineSink(target, options as TrackioOptions);
    return new OfflineSink(movedPath(target.dir, run.folder), writerName(run.id, writer));
  }
}

function pageOf({ target, project }: TrackioState["settings"]): string | undefined {
  if (target.mode === "local") return undefined;
  return `${target.baseUrl}/?project=${encodeURIComponent(project)}`;
}

/** The writer of a process, 16 hexadecimal digits: those of one run follow each other, and so do their values. */
function writerName(runId: string, writer: number): string {
  return runId.slice(0, 12) + writer.toString(16).padStart(4, "0");
}
