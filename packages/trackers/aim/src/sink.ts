import type { ArtifactData } from "@acc/core/tracker";
import type { SendOptions } from "@acc/tracker-kit";
import type { ArtifactStore } from "./client/artifact-store.ts";
import { deliveryError } from "./client/delivery-error.ts";
import { RemoteRun } from "./client/remote-run.ts";
import type { ServerLink } from "./client/server-link.ts";
import { chunkPath } from "./format/run-paths.ts";
import type { TreeValue } from "./format/tree.ts";
import type { Operation, RunProps, Write } from "./operation.ts";

export type SinkOptions = {
  readonly link: ServerLink;
  readonly hash: string;
  /** The run that the user asked to go on with. */
  readonly runHash: string | undefined;
  /** Take that run even if another program has it locked. */
  readonly forceResume: boolean;
  readonly startedMs: number;
  readonly props: RunProps;
  readonly tags: readonly string[];
  readonly artifacts: ArtifactStore | undefined;
  /** Whether the run is at the server, with its name and tags. */
  readonly isMade: boolean;
  readonly warn: (message: string) => void;
  /** Called once the run is made. `traces` are the sequences of a run that the user chose, if it has any. */
  readonly onMade: (traces: TreeValue | undefined) => Promise<void>;
};

/** The run at a server. It is opened when it is needed, again after it was closed or the connection was lost. */
export class Sink {
  readonly #options: SinkOptions;
  #remote: RemoteRun | undefined;
  #isMade: boolean;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#isMade = options.isMade;
  }

  get isOpen(): boolean {
    return this.#remote?.isOpen ?? false;
  }

  /** Opens the run if it is not open. @throws {TrackerUnreachableError} if the server does not accept it now. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, () => this.#opened(signal));
  }

  /** Resolves when the server has applied everything. */
  async send(
    operations: readonly Operation[],
    { signal }: Pick<SendOptions, "signal">,
  ): Promise<void> {
    await this.#guarded(signal, async () => {
      for (const operation of operations) {
        await this.#do(operation, await this.#opened(signal), signal);
      }
      if (this.#remote?.isOpen) await this.#remote.drain();
    });
  }

  /** Marks the run as ended. */
  async finish(endMs: number, signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, async () => (await this.#opened(signal)).close(endMs, signal));
  }

  /** Ends the server that was started for this run, if any. */
  async close(): Promise<void> {
    await this.#options.link.close();
  }

  /** After a failure the connection is useless; the events are delivered again. */
  async #guarded(signal: AbortSignal, use: () => Promise<unknown>): Promise<void> {
    const abandon = () => this.#remote?.abandon();
    signal.addEventListener("abort", abandon, { once: true });
    try {
      await use();
    } catch (error) {
      abandon();
      throw deliveryError(error);
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  async #do(operation: Operation, run: RemoteRun, signal: AbortSignal): Promise<void> {
    switch (operation.kind) {
      case "write":
        return run.write(operation.writes);
      case "props":
        return run.setProps(operation.props);
      case "tag":
        return run.changeTag(operation.method, operation.tag, signal);
      case "artifact":
        return run.write(await this.#artifactWrites(operation.artifact));
      case "close":
        return run.close(operation.endMs, signal);
      default:
        return operation satisfies never;
    }
  }

  async #artifactWrites(artifact: ArtifactData): Promise<Write[]> {
    const { artifacts, hash } = this.#options;
    if (!artifacts) return [];
    const objects = [...(await artifacts.copy(artifact))];
    return [
      { tree: "meta", path: chunkPath(hash, "artifacts_uri"), value: artifacts.uri },
      ...objects.map(
        ([name, value]): Write => ({
          tree: "meta",
          path: chunkPath(hash, "artifacts", name),
          value,
        }),
      ),
    ];
  }

  async #opened(signal: AbortSignal): Promise<RemoteRun> {
    if (this.#remote?.isOpen) return this.#remote;
    const { runHash, forceResume, startedMs, props, tags, warn, onMade } = this.#options;
    const run = await this.#connect(signal);
    const isForeign = runHash !== undefined && !this.#isMade;
    if (isForeign && !(await run.exists(signal))) {
      warn(
        `The Aim repository has no run ${runHash}; the values are recorded as a new run of that hash.`,
      );
    }
    await run.open({
      force: !isForeign || forceResume, // only we write to a run that we made
      startedMs,
      props: this.#isMade ? {} : props,
      signal,
    });
    if (this.#isMade) return run;
    const traces = isForeign ? await run.readTraces(signal) : undefined;
    for (const tag of tags) await run.changeTag("add_tag", tag, signal);
    this.#isMade = true;
    await onMade(traces);
    return run;
  }

  /** The run at the server that answers now; the same object while that is the same server. */
  async #connect(signal: AbortSignal): Promise<RemoteRun> {
    const client = await this.#options.link.client(signal);
    if (this.#remote?.client !== client) this.#remote = new RemoteRun(client, this.#options.hash);
    return this.#remote;
  }
}
