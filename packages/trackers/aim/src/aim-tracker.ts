import { join } from "node:path";
import {
  AcceleratorError,
  type DeliveredEvent,
  type FinishStatus,
  GeneralTracker,
  type LogContext,
  type LogValues,
  type RunConfig,
  type TrackerCreation,
  type TrackerRun,
  type TrackerState,
} from "@acc/core";
import { LeftOut } from "@acc/tracker-kit";
import type { AimOptions } from "./aim-options.ts";
import { AimRun } from "./aim-run.ts";
import { ArtifactStore } from "./artifact-store.ts";
import { deliveryError } from "./delivery-error.ts";
import { DeliveryPlan } from "./delivery-plan.ts";
import { type Action, EventPlan } from "./event-plan.ts";
import { RemoteRun, type RunProps } from "./remote-run.ts";
import { parseRepo, type RepoAddress } from "./repo-address.ts";
import {
  type SequenceState,
  type SequenceStates,
  sequenceMap,
  sequencesOfTraces,
} from "./sequence-state.ts";
import { ServerLink } from "./server-link.ts";

/** What another process needs to go on with the run. */
type SavedState = {
  /** The run is at the server, with its name and tags. */
  readonly isMade: boolean;
  readonly isEnded: boolean;
  /** When the last event delivered was logged. */
  readonly lastMs: number;
  readonly sequences: readonly SequenceState[];
};

const FINISH_TIMEOUT_MS = 30_000;
const HASH_LENGTH = 24;

/**
 * Records a run at an `aim server`, or in a repository on this machine through a server of its own: numbers as metrics,
 * strings as texts, images, the configuration as `hparams`.
 */
export class AimTracker extends GeneralTracker {
  readonly name = "aim";
  readonly requiresLoggingDirectory = true;
  readonly tracker: AimRun;
  readonly #options: AimOptions;
  readonly #run: TrackerRun;
  readonly #hash: string;
  readonly #props: RunProps;
  readonly #link: ServerLink;
  readonly #artifacts: ArtifactStore | undefined;
  readonly #leftOut: LeftOut;
  #remote: RemoteRun | undefined;
  #sequences: SequenceStates;
  #isMade: boolean;
  #isEnded: boolean;
  #lastMs: number;

  /** @throws {AcceleratorError} `OPTION_INVALID` for a repository, a run hash or a folder that is none. */
  constructor({ projectName, loggingDir, options, run }: TrackerCreation) {
    super();
    this.#options = options as AimOptions;
    this.#run = run;
    this.#hash = requireHash(this.#options.runHash ?? run.id.slice(0, HASH_LENGTH));
    const { experiment, description, repo = loggingDir ?? "." } = this.#options;
    this.#props = {
      name: projectName,
      ...(experiment === undefined ? {} : { experiment }),
      ...(description === undefined ? {} : { description }),
    };
    const address = parseRepo(repo);
    this.#link = new ServerLink(address, () => headersOf(this.#options), run.folder);
    const artifactsUri = this.#options.artifactsUri ?? defaultArtifactsUri(address);
    this.#artifacts =
      artifactsUri === undefined ? undefined : new ArtifactStore(artifactsUri, this.#hash);
    this.#leftOut = new LeftOut("Aim", (message) => run.warn(message));
    const saved = run.state as SavedState | undefined;
    this.#isMade = saved?.isMade ?? false;
    this.#isEnded = saved?.isEnded ?? false;
    this.#lastMs = saved?.lastMs ?? run.startedMs;
    this.#sequences = sequenceMap(saved?.sequences ?? []);
    this.tracker = new AimRun(run, this.#hash, this.#props);
  }

  override storeInitConfiguration(values: RunConfig): Promise<void> {
    return this.#deliverOne({ type: "config", values, sequence: 0 });
  }

  override log(values: LogValues, context: LogContext = {}): Promise<void> {
    return this.#deliverOne({ type: "metrics", values, context, sequence: 0 });
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    const abort = () => this.#abandon();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const run = await this.#open(signal);
      const { actions, commit } = this.#plan(events);
      for (const action of actions)
        await action(run.isOpen ? run : await this.#open(signal), signal);
      if (run.isOpen) await run.drain();
      commit();
    } catch (error) {
      this.#abandon();
      throw deliveryError(error);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  override state(): TrackerState {
    return {
      isMade: this.#isMade,
      isEnded: this.#isEnded,
      lastMs: this.#lastMs,
      sequences: [...this.#sequences.values()],
    } satisfies SavedState;
  }

  /** Aim keeps no status: a run that failed is one that ended. */
  override async finish(_status: FinishStatus): Promise<void> {
    const signal = AbortSignal.timeout(FINISH_TIMEOUT_MS);
    try {
      if (!this.#isEnded) {
        const run = await this.#open(signal);
        await run.close(this.#run.isReplay ? this.#lastMs : Date.now(), signal);
        this.#isEnded = true;
      }
    } catch (error) {
      this.#abandon();
      throw deliveryError(error);
    } finally {
      await this.#link.close();
      this.#leftOut.report();
    }
  }

  #deliverOne(event: DeliveredEvent): Promise<void> {
    return this.deliver([event], new AbortController().signal);
  }

  /** What is to be done for the events. Nothing of the state changes before `commit`. */
  #plan(events: readonly DeliveredEvent[]): { actions: Action[]; commit: () => void } {
    const leftOut: [what: string, advice: string][] = [];
    const leaveOut = (what: string, advice: string) => leftOut.push([what, advice]);
    const warn = (message: string) => this.#run.warn(message);
    const points = new DeliveryPlan(this.#hash, this.#sequences, warn);
    const plan = new EventPlan({ hash: this.#hash, points, artifacts: this.#artifacts, leaveOut });
    const actions = events.flatMap((event) => plan.actionsOf(event));
    const commit = () => {
      this.#sequences = points.states;
      this.#lastMs = events.reduce((last, event) => Math.max(last, timeOf(event)), this.#lastMs);
      this.#isEnded = !(this.#remote?.isOpen ?? false);
      for (const [what, advice] of leftOut) this.#leftOut.add(what, advice);
    };
    return { actions, commit };
  }

  async #open(signal: AbortSignal): Promise<RemoteRun> {
    if (this.#remote?.isOpen) return this.#remote;
    const run = await this.#connect(signal);
    const { runHash, forceResume = false, tags = [] } = this.#options;
    const isForeign = runHash !== undefined && !this.#isMade;
    if (isForeign && !(await run.exists(signal))) {
      this.#run.warn(
        `The Aim repository has no run ${runHash}; the values are recorded as a new run of that hash.`,
      );
    }
    await run.open({
      force: !isForeign || forceResume, // nobody else writes to a run that we made
      startedMs: this.#run.startedMs,
      props: this.#isMade ? {} : this.#props,
      signal,
    });
    if (this.#isMade) return run;
    if (isForeign) this.#sequences = sequenceMap(sequencesOfTraces(await run.readTraces(signal)));
    for (const tag of tags) await run.changeTag("add_tag", tag, signal);
    this.#isMade = true;
    // Steps of a run taken up count from what it had before anything of ours.
    await this.#run.save(this.state());
    return run;
  }

  /** The run at the server that answers now: the same object as long as that is the same server. */
  async #connect(signal: AbortSignal): Promise<RemoteRun> {
    const client = await this.#link.client(signal);
    if (this.#remote?.client !== client) this.#remote = new RemoteRun(client, this.#hash);
    return this.#remote;
  }

  #abandon(): void {
    this.#remote?.abandon();
  }
}

function headersOf({ headers = {} }: AimOptions): Record<string, string> {
  const token = process.env.__AIM_RT_BEARER_TOKEN__;
  return { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers };
}

function defaultArtifactsUri(address: RepoAddress): string | undefined {
  return address.kind === "folder" ? `file://${join(address.path, "aim-artifacts")}` : undefined;
}

function timeOf(event: DeliveredEvent): number {
  return event.type === "config" ? 0 : (event.context.wallTimeMs ?? 0);
}

/** The hash becomes the name of a folder at the server. */
function requireHash(hash: string): string {
  if (/^[\w-]{1,64}$/.test(hash)) return hash;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `runHash must be the hash of an Aim run, 24 hexadecimal digits, got ${JSON.stringify(hash)}.`,
  );
}
