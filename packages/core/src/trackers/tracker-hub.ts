import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError, messageOf } from "../errors.ts";
import { writeCursor } from "../journal/delivery-cursor.ts";
import type { JournalHeader } from "../journal/journal-record.ts";
import { journalPath, makeRunFolder, runFolderPath } from "../journal/run-folder.ts";
import { RunLock } from "../journal/run-lock.ts";
import { loadPlugins, type TrackerRequest } from "./create-trackers.ts";
import { EventLog } from "./event-log.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import type { FinishStatus, RunConfig } from "./log-value.ts";
import { publicOptions } from "./public-options.ts";
import { reportFaults } from "./report-faults.ts";
import { stageArtifact } from "./staged-artifact.ts";
import { TrackerChannel } from "./tracker-channel.ts";
import type { TrackerEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";
import type { TrackerPlugin } from "./tracker-plugin.ts";
import { type RunIdentity, trackerRun } from "./tracker-run.ts";

/**
 * The trackers of a run that live in this thread. Every event goes to the log of the run first, then to each tracker
 * behind its own error boundary.
 */
export class TrackerHub {
  readonly #warn: (message: string) => void;
  readonly #log: EventLog;
  readonly #channels = new Map<string, TrackerChannel>();
  #runFolder: string | undefined;
  #lock: RunLock | undefined;
  #isStrict = false;
  #deliveryTimeoutMs = 0;
  #isFinished = false;
  #artifacts = 0;
  /** Events wait for the copies of artifacts logged before them. */
  #staging: Promise<void> | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
    this.#log = new EventLog(warn);
  }

  /**
   * Creates the trackers that are asked for by name and begins the journal, then starts everything. Resolves when
   * all have started or failed.
   *
   * @param instances trackers that exist already.
   * @param journaled false on the thread that trains: it must not wait for files.
   * @throws {AcceleratorError} as `loadPlugins` and the trackers' constructors say. Nothing has been started then.
   */
  async open(
    request: TrackerRequest,
    {
      instances,
      journaled,
    }: { readonly instances: readonly GeneralTracker[]; readonly journaled: boolean },
  ): Promise<void> {
    const { projectName, loggingDir, initOptions } = request;
    const plugins = await loadPlugins(request.sources, loggingDir);
    const startedMs = Date.now();
    const id = randomUUID().replaceAll("-", "");
    const folder = runFolderPath(loggingDir, id, startedMs);
    const run: RunIdentity = { id, startedMs, folder, script: request.script, isReplay: false };
    const trackers = plugins.map((plugin) => {
      const { name } = plugin;
      const save = async (state: TrackerState): Promise<void> =>
        await this.#channels.get(name)?.saveState(state);
      const post = (event: TrackerEvent): void => this.post(event);
      return plugin.create({
        ...{ projectName, loggingDir, options: initOptions[name] ?? {} },
        run: trackerRun(name, run, { state: undefined, save, post, warn: this.#warn }),
      });
    });
    if (journaled && trackers.length > 0) {
      await this.#openJournal(run, request, plugins, trackers);
    }
    this.#isStrict = request.strict;
    this.#deliveryTimeoutMs = request.deliveryTimeoutMs;
    await this.#start([...trackers, ...instances], request.config);
  }

  find(name: string): GeneralTracker | undefined {
    return this.#channels.get(name)?.tracker;
  }

  /** Takes an event and returns at once. */
  post(event: TrackerEvent): void {
    if (this.#isFinished) return;
    if (event.type === "artifact" && this.#runFolder !== undefined) {
      this.#post(() => this.#stage(event));
    } else if (this.#staging) {
      this.#post(async () => event);
    } else {
      this.#log.append(event);
    }
  }

  /** Resolves once everything posted before is on the disk. */
  async sync(): Promise<void> {
    await this.#staging;
    await this.#log.sync();
  }

  /**
   * Closes every tracker once it has all it was given; those of services have `deliveryTimeoutMs`. Reports what failed
   * and what is left. A second call does nothing.
   *
   * @throws {AcceleratorError} `TRACKER_FAILED` in strict mode, if anything failed or is left.
   */
  async finish(status: FinishStatus): Promise<void> {
    if (this.#isFinished) return;
    await this.#staging;
    this.#isFinished = true;
    this.#log.end(status);
    await this.#log.sync();
    const channels = [...this.#channels.values()];
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#deliveryTimeoutMs);
    const reports = await Promise.all(channels.map((channel) => channel.finish(limit.signal)));
    clearTimeout(timer);
    await this.#log.close();
    await this.#lock?.release();
    const faults = reportFaults(reports, this.#log, this.#runFolder);
    const delivers = channels.some(({ tracker }) => tracker.deliver);
    if (this.#runFolder !== undefined && faults.length === 0 && !delivers) {
      await rm(this.#runFolder, { recursive: true, force: true }); // everything is in the trackers' own files
    }
    if (faults.length === 0) return;
    if (this.#isStrict) throw new AcceleratorError("TRACKER_FAILED", faults.join("\n"));
    for (const fault of faults) this.#warn(fault);
  }

  async #start(trackers: readonly GeneralTracker[], config: RunConfig | undefined): Promise<void> {
    const runFolder = this.#runFolder;
    for (const tracker of trackers) {
      const channel = new TrackerChannel(tracker, {
        ...{ source: this.#log.reader(), warn: this.#warn, runFolder: runFolder ?? "" },
        ...(runFolder === undefined
          ? {}
          : {
              keptIn: runFolder,
              saveCursor: (cursor) => writeCursor(runFolder, tracker.name, cursor),
            }),
      });
      this.#channels.set(tracker.name, channel);
    }
    if (config) this.#log.append({ type: "config", values: config }); // readers are there by now
    await Promise.all([...this.#channels.values()].map((channel) => channel.start()));
    await this.#log.sync();
  }

  async #openJournal(
    run: RunIdentity,
    { projectName, loggingDir, initOptions }: TrackerRequest,
    plugins: readonly TrackerPlugin[],
    trackers: readonly GeneralTracker[],
  ): Promise<void> {
    const header: JournalHeader = {
      type: "run",
      ...{ id: run.id, projectName, startedMs: run.startedMs, script: run.script },
      loggingDir,
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
      await this.#log.openJournal(journalPath(run.folder), header);
      this.#runFolder = run.folder;
    } catch (error) {
      await this.#lock?.release();
      this.#lock = undefined;
      this.#warn(
        `This run has no journal (${messageOf(error)}): what a tracker cannot deliver before the end is lost.`,
      );
    }
  }

  #post(prepare: () => Promise<TrackerEvent>): void {
    const staging = (this.#staging ?? Promise.resolve())
      .then(async () => this.#log.append(await prepare()))
      .then(() => {
        if (this.#staging === staging) this.#staging = undefined;
      });
    this.#staging = staging;
  }

  /** The event with a copy of its file, where one could be made. */
  async #stage(event: TrackerEvent & { readonly type: "artifact" }): Promise<TrackerEvent> {
    const runFolder = this.#runFolder as string;
    const delivers = [...this.#channels.values()].some(({ tracker }) => tracker.deliver);
    if (!delivers) return event;
    try {
      const artifact = await stageArtifact(event.artifact, runFolder, this.#artifacts++);
      return { ...event, artifact };
    } catch (error) {
      this.#warn(
        `No copy of ${event.artifact.path} could be kept in ${join(runFolder)} (${messageOf(error)}): leave the file ` +
          "as it is until the run has ended.",
      );
      return event;
    }
  }
}
