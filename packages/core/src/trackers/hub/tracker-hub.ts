import { rm } from "node:fs/promises";
import type {
  Keeping,
  LogOptionRules,
  RunPlace,
  TrackerRequest,
} from "../../context/tracker-request.ts";
import { AcceleratorError, messageOf } from "../../errors.ts";
import { writeCursor } from "../../journal/delivery-cursor.ts";
import { proveHeader } from "../../journal/header-proof.ts";
import type { JournalHeader } from "../../journal/journal-record.ts";
import { journalPath, makeRunFolder } from "../../journal/run-folder.ts";
import { RunLock } from "../../journal/run-lock.ts";
import type { MonitorSources } from "../../monitoring/monitor-sources.ts";
import { RunMonitor } from "../../monitoring/run-monitor.ts";
import { safeText } from "../../safe-text.ts";
import { rememberSecrets } from "../../secrets.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { FinishStatus, RunConfig } from "../../tracker-contract/log-value.ts";
import type { PostedEvent, RunEvent, TrackerEvent } from "../../tracker-contract/tracker-event.ts";
import type { TrackerState } from "../../tracker-contract/tracker-options.ts";
import type { TrackerPlugin } from "../../tracker-contract/tracker-plugin.ts";
import { loadPlugins, logOptionRulesOf } from "../select/load-plugins.ts";
import { ArtifactCopies } from "./artifact-copies.ts";
import { EventLog } from "./event-log.ts";
import { MediaReading } from "./media-reading.ts";
import { publicOptions } from "./public-options.ts";
import type { RepeatedValues } from "./repeated-values.ts";
import { reportFaults } from "./report-faults.ts";
import { cursorOf, identityOf, type ResumedRun, resumeRun } from "./resume-run.ts";
import { TrackerChannel } from "./tracker-channel.ts";
import { type RunIdentity, trackerRun } from "./tracker-run.ts";

const NO_JOURNAL =
  "what a tracker cannot deliver before the end is lost, and acc ui will not find the run.";

/**
 * The trackers of a run that live in this thread. Every event goes to the log of the run first, then to each tracker
 * behind its own error boundary.
 */
export class TrackerHub {
  readonly #warn: (message: string) => void;
  readonly #log: EventLog;
  readonly #channels = new Map<string, TrackerChannel>();
  #runFolder: string | undefined;
  #runId = "";
  #startedMs = 0;
  /** The entry behind the last mark of a checkpoint. */
  #marks = 0;
  #repeated: RepeatedValues | undefined;
  #lock: RunLock | undefined;
  #isStrict = false;
  #deliveryTimeoutMs = 0;
  #keeping: Keeping | undefined;
  #isFinished = false;
  readonly #media: MediaReading;
  /** Undefined without a journal. */
  #copies: ArtifactCopies | undefined;

  readonly #sources: MonitorSources | undefined;
  #monitor: RunMonitor | undefined;

  /**
   * @param onWritten called after every write of the journal; `isTaken` is false for one that failed.
   * @param sources what can be observed of the replicas; undefined: nothing is.
   */
  constructor(
    warn: (message: string) => void,
    onWritten: (isTaken: boolean) => void = () => {},
    sources?: MonitorSources,
  ) {
    this.#sources = sources;
    this.#warn = (message) => warn(safeText(message));
    this.#log = new EventLog(this.#warn, onWritten);
    this.#media = new MediaReading((event) => this.#append(event), this.#warn);
  }

  /**
   * Creates the trackers that are asked for by name and begins the journal, then starts everything. Resolves when
   * all have started or failed.
   *
   * @param instances trackers that exist already.
   * @param journaled false on the thread that trains: it must not wait for files.
   * @returns the rules for `logOptions`.
   * @throws {AcceleratorError} as `loadPlugins` and the trackers' constructors say. Nothing has been started in that
   *   case.
   */
  async open(
    request: TrackerRequest,
    {
      instances,
      journaled,
    }: { readonly instances: readonly GeneralTracker[]; readonly journaled: boolean },
  ): Promise<LogOptionRules> {
    const { projectName, loggingDir, initOptions } = request;
    this.#keeping = request.keeping;
    const plugins = await loadPlugins(request);
    for (const { name, secretOptions } of plugins) {
      rememberSecrets(initOptions[name] ?? {}, secretOptions);
    }
    const resumed =
      journaled && request.resume
        ? await resumeRun(request.resume, loggingDir, this.#warn)
        : undefined;
    const run = identityOf(request, resumed);
    const trackers = plugins.map((plugin) => {
      const { name } = plugin;
      const save = async (state: TrackerState): Promise<void> =>
        await this.#channels.get(name)?.saveState(state);
      const post = (event: TrackerEvent): void => this.post(event);
      return plugin.create({
        ...{ projectName, loggingDir, options: initOptions[name] ?? {} },
        run: trackerRun(name, run, {
          ...{ state: resumed?.cursors.get(name)?.state, save, post },
          warn: this.#warn,
        }),
      });
    });
    if (request.resume && !resumed && trackers.some(({ deliver }) => deliver)) {
      this.#warn(
        `The trackers begin a new run: the one of the checkpoint, in ${request.resume.folder}, has no journal that can go on.`,
      );
    }
    if (resumed) await this.#resumeJournal(run, resumed, plugins);
    else if (journaled && (trackers.length > 0 || request.keeping)) {
      await this.#openJournal(run, request, plugins, trackers);
    }
    this.#isStrict = request.strict;
    this.#deliveryTimeoutMs = request.deliveryTimeoutMs;
    await this.#start([...trackers, ...instances], request.config, resumed);
    this.#monitor = RunMonitor.start(request.monitoring, {
      ...{ sources: this.#sources, trackers: [...trackers, ...instances] },
      isKept: this.#keeping !== undefined && this.#runFolder !== undefined,
      post: (event) => this.post(event),
    });
    return logOptionRulesOf(plugins);
  }

  find(name: string): GeneralTracker | undefined {
    return this.#channels.get(name)?.tracker;
  }

  /** How much of what was posted is not in the file of the journal, and will be: see `journal/unwritten.ts`. */
  get unwritten(): number {
    return this.#log.unwritten + this.#media.held;
  }

  /** Whether what the script prints is recorded. */
  get isListening(): boolean {
    return this.#monitor?.isListening ?? false;
  }

  /** What another process must know to go on with the run; undefined without a journal. */
  get run(): RunPlace | undefined {
    if (this.#runFolder === undefined) return undefined;
    return { runId: this.#runId, folder: this.#runFolder, startedMs: this.#startedMs };
  }

  /** Accepts an event and returns at once. */
  post(event: PostedEvent): void {
    if (!this.#isFinished) this.#media.pass(event);
  }

  /**
   * Resolves once everything posted before is on the disk. What lies before a checkpoint is then also in the files of trackers
   * that write files themselves, if they can: a run that goes on from there does not pass it to them again.
   */
  async flush(): Promise<void> {
    this.#monitor?.flush();
    await this.#media.settled();
    await this.#copies?.settled();
    await this.#log.flush();
    const marks = this.#marks;
    const writers = [...this.#channels.values()].filter(({ tracker }) => !tracker.deliver);
    await Promise.all(writers.map((channel) => channel.reach(marks)));
  }

  /**
   * Closes every tracker once it has received everything; delivery to services is limited by `deliveryTimeoutMs`.
   * Reports what failed and what was not delivered. A second call does nothing.
   *
   * @throws {AcceleratorError} `TRACKER_FAILED` in strict mode, if anything failed or was not delivered.
   */
  async finish(status: FinishStatus): Promise<void> {
    if (this.#isFinished) return;
    this.#monitor?.stop();
    await this.#media.settled();
    await this.#copies?.settled();
    this.#isFinished = true;
    this.#log.end(status);
    await this.#log.flush();
    const channels = [...this.#channels.values()];
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#deliveryTimeoutMs);
    const reports = await Promise.all(channels.map((channel) => channel.finish(limit.signal)));
    clearTimeout(timer);
    await this.#log.close();
    await this.#lock?.release();
    this.#reportRepeated();
    const faults = reportFaults(reports, this.#log, this.#runFolder);
    const delivers = channels.some(({ tracker }) => tracker.deliver);
    // A run that goes on from a checkpoint needs its journal, to know what its trackers have.
    const isNeeded = delivers || this.#marks > 0 || this.#repeated !== undefined;
    if (this.#runFolder !== undefined && faults.length === 0 && !isNeeded && !this.#keeping) {
      await rm(this.#runFolder, { recursive: true, force: true }); // everything is in the trackers' own files
    }
    if (faults.length === 0) return;
    if (this.#isStrict) throw new AcceleratorError("TRACKER_FAILED", faults.join("\n"));
    for (const fault of faults) this.#warn(fault);
  }

  #append(event: RunEvent): void {
    if (event.type === "checkpoint") this.#marks = this.#log.length + 1;
    // A copy may take long: what is logged after it does not wait for it.
    if (event.type === "artifact" && this.#copies) {
      this.#copies.append(event, this.#isCopying, (copied) => this.#log.append(copied));
    } else this.#log.append(event);
  }

  /** A tracker that delivers later needs the file as it is now, and so does a run that the user keeps. */
  get #isCopying(): boolean {
    const delivers = [...this.#channels.values()].some(({ tracker }) => tracker.deliver);
    return delivers || this.#keeping === "asked";
  }

  async #start(
    trackers: readonly GeneralTracker[],
    config: RunConfig | undefined,
    resumed: ResumedRun | undefined,
  ): Promise<void> {
    const runFolder = this.#runFolder;
    for (const tracker of trackers) {
      const channel = new TrackerChannel(tracker, {
        ...(resumed && { cursor: cursorOf(tracker, resumed), repeated: resumed.repeated }),
        ...{ source: this.#log.reader(), warn: this.#warn, runFolder: runFolder ?? "" },
        ...(runFolder === undefined
          ? {}
          : {
              keptIn: runFolder,
              saveCursor: (cursor) => writeCursor(runFolder, tracker.name, this.#runId, cursor),
            }),
      });
      this.#channels.set(tracker.name, channel);
    }
    if (config) this.#log.append({ type: "config", values: config }); // after the readers were created
    await Promise.all([...this.#channels.values()].map((channel) => channel.start()));
    await this.#log.flush();
  }

  async #openJournal(
    run: RunIdentity,
    { projectName, loggingDir, initOptions, keeping }: TrackerRequest,
    plugins: readonly TrackerPlugin[],
    trackers: readonly GeneralTracker[],
  ): Promise<void> {
    const header: JournalHeader = {
      type: "run",
      ...{ id: run.id, projectName, startedMs: run.startedMs, script: run.script },
      ...{ loggingDir, ...(keeping === "asked" && { isKept: true }) },
      trackers: plugins.map(({ name, secretOptions }, index) => ({
        name,
        delivers: trackers[index]?.deliver !== undefined,
        options: publicOptions(initOptions[name] ?? {}, secretOptions),
      })),
    };
    try {
      await makeRunFolder(run.folder);
      const lock = await RunLock.acquire(run.folder);
      if (lock instanceof RunLock) this.#lock = lock;
      await this.#log.openJournal(journalPath(run.folder), proveHeader(header));
      this.#runFolder = run.folder;
      this.#runId = run.id;
      this.#startedMs = run.startedMs;
      this.#copies = new ArtifactCopies(run.folder, this.#warn);
    } catch (error) {
      await this.#lock?.release();
      this.#lock = undefined;
      this.#warn(`This run has no journal (${messageOf(error)}): ${NO_JOURNAL}`);
    }
  }

  async #resumeJournal(
    run: RunIdentity,
    { lock, history, repeated, trackers }: ResumedRun,
    plugins: readonly TrackerPlugin[],
  ): Promise<void> {
    this.#lock = lock;
    try {
      const copies = new ArtifactCopies(run.folder, this.#warn);
      await copies.resume(history.next);
      await this.#log.resumeJournal(journalPath(run.folder), history, repeated);
      this.#runFolder = run.folder;
      this.#runId = run.id;
      this.#startedMs = run.startedMs;
      this.#copies = copies;
      this.#repeated = repeated;
    } catch (error) {
      await this.#lock?.release();
      this.#lock = undefined;
      this.#warn(
        `The journal of this run cannot be continued (${messageOf(error)}): ${NO_JOURNAL}`,
      );
    }
    const isKnown = (name: string): boolean => trackers.some((tracker) => tracker.name === name);
    for (const { name } of plugins.filter((plugin) => !isKnown(plugin.name))) {
      this.#warn(
        `The run began without the tracker "${name}": it gets what is logged from now on, and acc sync will not deliver to it.`,
      );
    }
  }

  #reportRepeated(): void {
    const { equal = 0, different = 0 } = this.#repeated?.counts ?? {};
    if (different === 0) return;
    this.#warn(
      `Of ${equal + different} values that were logged again after the interruption, ${different} differ from before.`,
    );
  }
}
