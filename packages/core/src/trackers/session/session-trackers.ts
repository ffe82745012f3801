import type { RemoteHub, RemoteTrackers } from "../../context/remote-hub.ts";
import type {
  LogOptionRules,
  ResumePoint,
  RunPlace,
  TrackerRequest,
} from "../../context/tracker-request.ts";
import { LoggerType } from "../../logger-type.ts";
import { fitEvent, sizeBound } from "../../tracker-contract/event-size.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { FinishStatus } from "../../tracker-contract/log-value.ts";
import type { PostedMediaEvent, TrackerEvent } from "../../tracker-contract/tracker-event.ts";
import type { TrackerHub } from "../hub/tracker-hub.ts";
import { loadPlugins } from "../select/load-plugins.ts";
import type { TrackerSelection } from "../select/log-with.ts";
import type { Refuse } from "../values/plain-copy.ts";
import { HostedTracker } from "./hosted-tracker.ts";
import { nativeObject } from "./native-object.ts";

export type SessionTrackersOptions = {
  readonly selection: TrackerSelection;
  /** The hub on another thread. */
  readonly remote: RemoteHub;
  readonly isMainProcess: boolean;
  /** @param call name of the call of which something is left out. */
  readonly refuse: (call: string) => Refuse;
  /** Sends an event of one tracker on the other thread. */
  readonly postHosted: (event: TrackerEvent) => void;
};

type RequestWithoutSources = Omit<TrackerRequest, "sources" | "resume">;

/** The trackers of a session: named ones on the host thread when there is one; instances, and plugins that only this thread knows, here. */
export class SessionTrackers {
  readonly #options: SessionTrackersOptions;
  /** Trackers that run on this thread. */
  #local: TrackerHub | undefined;
  /** The trackers that run on another thread. */
  #remote: RemoteTrackers | undefined;
  readonly #hosted = new Map<string, HostedTracker>();
  #logOptionRules: LogOptionRules = {};

  constructor(options: SessionTrackersOptions) {
    this.#options = options;
  }

  /** What `logOptions` may hold, by tracker. */
  get logOptionRules(): LogOptionRules {
    return this.#logOptionRules;
  }

  /** The run with its journal; undefined if it has none. */
  get run(): RunPlace | undefined {
    return this.#remote?.run;
  }

  /**
   * Creates and starts the trackers.
   *
   * @throws {AcceleratorError} `TRACKER_…` as `createTrackers` says.
   */
  async open(request: RequestWithoutSources, resume: ResumePoint | undefined): Promise<void> {
    const { selection, isMainProcess } = this.#options;
    const onHost = selection.sources.filter((source) => source.moduleUrl);
    const here = isMainProcess
      ? selection.sources.filter((source) => !onHost.includes(source))
      : [];
    const mine = selection.instances.filter((tracker) => isMainProcess || !tracker.mainProcessOnly);
    if (isMainProcess) await loadPlugins({ ...request, sources: here }); // before anything is started
    if (isMainProcess && (onHost.length > 0 || request.keeping)) {
      await this.#openRemote({ ...request, ...(resume && { resume }), sources: onHost });
    }
    if (here.length === 0 && mine.length === 0) return;
    // Imported only here: few scripts define trackers of their own.
    const { TrackerHub } = await import("../hub/tracker-hub.ts");
    this.#local = new TrackerHub((message) => process.emitWarning(message));
    const options = { instances: mine, journaled: false };
    const rules = await this.#local.open({ ...request, sources: here }, options);
    this.#logOptionRules = { ...this.#logOptionRules, ...rules };
  }

  /** A tracker of this rank. */
  find(name: string): GeneralTracker | undefined {
    return this.#local?.find(name) ?? this.#hosted.get(name);
  }

  post(event: TrackerEvent | PostedMediaEvent): void {
    this.#local?.post(event);
    if (this.#remote) this.postRemote(event);
  }

  postRemote(event: TrackerEvent | PostedMediaEvent): void {
    const bound = sizeBound(event);
    const fitting = fitEvent(event, bound, this.#options.refuse("log"));
    if (fitting) this.#remote?.post(fitting, bound);
  }

  /** Marks the place of a checkpoint in the journal. */
  mark(checkpoint: string): void {
    this.#remote?.post({ type: "checkpoint", id: checkpoint }, 0);
  }

  /** Resolves once everything posted so far is on the disk. */
  async flush(): Promise<void> {
    await this.#remote?.flush();
  }

  /** Closes every tracker, whatever another one does. */
  async finish(status: FinishStatus): Promise<void> {
    const results = await Promise.allSettled([
      this.#local?.finish(status),
      this.#remote?.finish(status),
    ]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #openRemote(request: TrackerRequest): Promise<void> {
    const { remote, refuse, postHosted } = this.#options;
    const trackers = await remote.start(request);
    this.#remote = trackers;
    this.#logOptionRules = trackers.logOptionRules;
    for (const [index, { name }] of request.sources.entries()) {
      const members = trackers.members[index];
      const native = nativeObject(trackers.natives[index], { tracker: name, members, refuse });
      this.#hosted.set(name, new HostedTracker(name, native, postHosted));
    }
    if (request.keeping !== "asked") return;
    const { Local } = LoggerType;
    this.#hosted.set(Local, new HostedTracker(Local, undefined, postHosted));
  }
}
