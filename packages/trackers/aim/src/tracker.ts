import { join } from "node:path";
import {
  AcceleratorError,
  type DeliveredEvent,
  type FinishStatus,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import { drawFigures, LeftOut, recordEvents } from "@acc/tracker-kit";
import { ArtifactStore } from "./client/artifact-store.ts";
import { parseRepo, type RepoAddress } from "./client/repo-address.ts";
import { ServerLink } from "./client/server-link.ts";
import { AimRun } from "./native/run.ts";
import type { AimOptions } from "./options.ts";
import { Sink } from "./sink.ts";
import { type AimState, sequencesOfTraces } from "./state.ts";
import { AimTranslator } from "./translate.ts";

const FINISH_TIMEOUT_MS = 30_000;
const HASH_LENGTH = 24;

/** Records a run at an `aim server`, or in a repository on this machine through a server of its own. */
export class AimTracker extends PostingTracker {
  readonly name = "aim";
  readonly requiresLoggingDirectory = true;
  /** The run, with the calls of Aim's Python client. */
  readonly tracker: AimRun;
  readonly #creation: TrackerCreation;
  readonly #hash: string;
  readonly #leftOut: LeftOut;
  readonly #takesArtifacts: boolean;
  readonly #sink: Sink;
  #state: AimState;

  /** @throws {AcceleratorError} `OPTION_INVALID` for a wrong `repo`, `runHash` or `artifactsUri`. */
  constructor(creation: TrackerCreation) {
    const { projectName, loggingDir, run } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    const options = creation.options as AimOptions;
    const { runHash, experiment, description, repo = loggingDir ?? "." } = options;
    this.#hash = requireHash(runHash ?? run.id.slice(0, HASH_LENGTH));
    const address = parseRepo(repo);
    const artifactsUri = options.artifactsUri ?? defaultArtifactsUri(address);
    const artifacts =
      artifactsUri === undefined ? undefined : new ArtifactStore(artifactsUri, this.#hash);
    this.#takesArtifacts = artifacts !== undefined;
    const props = {
      name: projectName,
      ...(experiment === undefined ? {} : { experiment }),
      ...(description === undefined ? {} : { description }),
    };
    this.#leftOut = new LeftOut("Aim", (message) => run.warn(message));
    const saved = run.state as AimState | undefined;
    this.#state = {
      ...(saved ?? { isMade: false, lastMs: run.startedMs, sequences: [] }),
      isEnded: run.resumed ? false : (saved?.isEnded ?? false),
    };
    this.tracker = new AimRun((event) => this.postEvent(event), this.#hash, props);
    this.#sink = new Sink({
      link: new ServerLink(address, () => headersOf(options), run.folder),
      hash: this.#hash,
      runHash,
      forceResume: options.forceResume ?? false,
      startedMs: run.startedMs,
      props,
      tags: options.tags ?? [],
      artifacts,
      isMade: this.#state.isMade,
      warn: (message) => run.warn(message),
      onMade: async (traces) => {
        const sequences = traces === undefined ? this.#state.sequences : sequencesOfTraces(traces);
        this.#state = { ...this.#state, isMade: true, sequences };
        // Steps of a resumed run continue its earlier steps.
        await run.save(this.#state);
      },
    });
  }

  override async deliver(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void> {
    await this.#sink.open(signal); // a resumed run first reads which steps it has
    const { sequences, lastMs } = this.#state;
    const pictures = await drawFigures(events, "png", { types: ["vega-lite"], signal });
    const recording = await recordEvents(
      events,
      {
        state: { sequences, lastMs },
        translator: (draft, leaveOut) =>
          new AimTranslator(draft, {
            hash: this.#hash,
            takesArtifacts: this.#takesArtifacts,
            pictures,
            leaveOut,
            warn: (message) => this.#creation.run.warn(message),
          }),
        leftOut: this.#leftOut,
      },
      ({ operations }) => this.#sink.send(operations, { signal }),
    );
    this.#state = { ...this.#state, ...recording, isEnded: !this.#sink.isOpen };
  }

  override state(): TrackerState {
    return this.#state;
  }

  /** Aim keeps no status: a run that failed is one that ended. */
  override async finish(_status: FinishStatus): Promise<void> {
    const { isReplay } = this.#creation.run;
    const { isEnded, lastMs } = this.#state;
    try {
      if (isEnded) return;
      const endMs = isReplay ? lastMs : Date.now();
      await this.#sink.finish(endMs, AbortSignal.timeout(FINISH_TIMEOUT_MS));
      this.#state = { ...this.#state, isEnded: true };
    } finally {
      await this.#sink.close();
      this.#leftOut.report();
    }
  }
}

function headersOf({ headers = {} }: AimOptions): Record<string, string> {
  const token = process.env.__AIM_RT_BEARER_TOKEN__;
  return { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers };
}

function defaultArtifactsUri(address: RepoAddress): string | undefined {
  return address.kind === "folder" ? `file://${join(address.path, "aim-artifacts")}` : undefined;
}

/** The hash becomes the name of a folder at the server. */
function requireHash(hash: string): string {
  if (/^[\w-]{1,64}$/.test(hash)) return hash;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `aim: runHash must be the hash of an Aim run, 24 hexadecimal digits, got ${JSON.stringify(hash)}.`,
  );
}
