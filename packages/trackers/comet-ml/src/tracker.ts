import { dirname, join } from "node:path";
import {
  type DeliveredEvent,
  type FinishStatus,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import {
  drawFigures,
  gitInfo,
  gitOrigin,
  isTrue,
  LeftOut,
  messageOf,
  movedPath,
  notStarted,
  recordEvents,
  savedPath,
} from "@acc/tracker-kit";
import { CometService } from "./client/service.ts";
import { type GitMetadata, gitMetadataOf } from "./format/git-metadata.ts";
import { CometExperiment } from "./native/experiment.ts";
import { OfflineSink } from "./offline-sink.ts";
import { OnlineSink } from "./online-sink.ts";
import type { CometOptions } from "./options.ts";
import { type CometSettings, findApiKey, findUrl, resolveSettings, rootOf } from "./settings.ts";
import type { Sink } from "./sink.ts";
import { type CometState, NEW_RECORDING, type OnlineState, type RecordingState } from "./state.ts";
import { CometTranslator } from "./translate.ts";

/**
 * Records a run as a Comet experiment, at the service or in an archive for `comet upload`: numbers and booleans as
 * metrics, texts and lists as others, the configuration as parameters, images, tables and files as assets.
 */
export class CometTracker extends PostingTracker {
  readonly name = "comet_ml";
  readonly requiresLoggingDirectory = false;
  override readonly monitored = { system: true, console: true };
  /** The experiment, with the calls of Comet's Python client. */
  readonly tracker: CometExperiment;
  readonly #creation: TrackerCreation;
  readonly #options: CometOptions;
  readonly #leftOut: LeftOut;
  readonly #settings: CometSettings;
  #sink: Sink | undefined;
  #recording: RecordingState;
  #isSaved: boolean;
  #git: GitMetadata | undefined;

  /** @throws {AcceleratorError} `OPTION_INVALID` naming the option. */
  constructor(creation: TrackerCreation) {
    const { run, projectName } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as CometOptions;
    const saved = run.state as CometState | undefined;
    // Another process uses the settings of the first, not its own environment.
    const settings =
      saved?.settings ?? resolveSettings(this.#options, { projectName, runId: run.id });
    const moved = saved?.directory && movedPath(saved.directory, run.folder);
    this.#settings = moved === undefined ? settings : { ...settings, offlineDirectory: moved };
    this.#recording = saved?.recording ?? NEW_RECORDING;
    this.#isSaved = saved !== undefined;
    this.#git = saved?.git;
    this.#leftOut = new LeftOut("Comet", (message) => run.warn(message));
    this.tracker = new CometExperiment(
      () => this.#sink?.key ?? this.#settings.experimentKey,
      (event) => this.postEvent(event),
      run.script,
    );
  }

  override async start(): Promise<void> {
    this.#sink = this.#openSink();
    const { run } = this.#creation;
    if (this.#isSaved || run.isReplay) return; // the process that began the run has seen to it
    const { logCode, logGitMetadata } = this.#options;
    const { COMET_AUTO_LOG_CODE: code, COMET_AUTO_LOG_GIT_METADATA: git } = process.env;
    if (run.script !== undefined && (logGitMetadata ?? isTrue(git || "true"))) {
      const folder = dirname(run.script);
      const [info, origin] = await Promise.all([gitInfo(folder), gitOrigin(folder)]);
      this.#git = info && gitMetadataOf(info, origin);
    }
    if (!(logCode ?? isTrue(code || "false"))) return;
    if (run.script !== undefined) this.tracker.logCode();
    else run.warn("Comet: no code is kept, as no script is known: call logCode with a path.");
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const sink = this.#started();
    const { run } = this.#creation;
    const { name, tags, online } = this.#settings;
    if (!this.#isSaved) await run.save(this.state());
    this.#isSaved = true;
    const pictures = await drawFigures(events, "svg", { signal });
    this.#recording = await recordEvents(
      events,
      {
        state: this.#recording,
        translator: (draft, leaveOut) =>
          new CometTranslator(draft, {
            runId: run.id,
            startedMs: run.startedMs,
            nestedMetrics: this.#options.nestedMetrics ?? "path",
            first: { name, tags, git: this.#git },
            isOffline: !online,
            pictures,
            leaveOut,
          }),
        leftOut: this.#leftOut,
      },
      ({ operations, leaveOut }) => sink.send(operations, { signal, leaveOut }),
    );
    if (events.some((event) => event.type === "call" && event.method === "end")) {
      // The events are recorded, so an error here must not repeat them.
      await sink.flush().catch((error: unknown) => {
        run.warn(`The Comet archive cannot be written now, only at the end: ${messageOf(error)}`);
      });
    }
  }

  override state(): TrackerState {
    return this.#stateWith(this.#sink?.state ?? {});
  }

  override async finish(status: FinishStatus): Promise<void> {
    const sink = this.#started();
    const { run } = this.#creation;
    // A run without a value is an experiment too.
    if (!this.#recording.isOpened) await this.deliver([], new AbortController().signal);
    const loggedMs = Math.max(this.#recording.lastMs, run.startedMs);
    await sink.finish(status, run.isReplay ? loggedMs : Date.now());
    this.#leftOut.report();
  }

  #started(): Sink {
    if (this.#sink) return this.#sink;
    throw notStarted("The Comet experiment");
  }

  #openSink(): Sink {
    const { run } = this.#creation;
    const settings = this.#settings;
    const saved = run.state as CometState | undefined;
    if (!settings.online) {
      return new OfflineSink({
        settings,
        folder: join(run.folder, "archive"),
        runId: run.id,
        startedMs: run.startedMs,
        state: saved?.archive,
        isResumed: run.resumed !== undefined,
        save: (archive) => run.save(this.#stateWith({ archive })),
      });
    }
    const given = findUrl(this.#options, run.isReplay);
    const url = given === undefined ? settings.url : rootOf(given);
    return new OnlineSink({
      settings,
      service: new CometService(url, () => findApiKey(this.#options)),
      isReplay: run.isReplay,
      startedMs: run.startedMs,
      state: run.resumed ? reopened(saved?.online) : saved?.online,
      save: (online) => run.save(this.#stateWith({ online })),
    });
  }

  #stateWith(part: Pick<CometState, "archive" | "online">): CometState {
    const directory = savedPath(this.#settings.offlineDirectory, this.#creation.run.folder);
    const git = this.#git && { git: this.#git };
    return { settings: this.#settings, directory, ...git, recording: this.#recording, ...part };
  }
}

/** The process before may have closed the experiment. */
function reopened(online: OnlineState | undefined): OnlineState | undefined {
  return online && { ...online, isFinished: false };
}
