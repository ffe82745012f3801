import { randomUUID } from "node:crypto";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { packTree } from "../format/pack-tree.ts";
import { chunkPath } from "../format/run-paths.ts";
import type { TreeValue } from "../format/tree.ts";
import type { RunProps, Write } from "../operation.ts";
import type { AimClient } from "./client.ts";
import { AimServiceError } from "./service-error.ts";
import type { WriteSocket } from "./write-socket.ts";

export type OpenOptions = {
  /** Take the run's lock even if another program has it. True for a run that only we write. */
  readonly force: boolean;
  /** When the run began, in milliseconds since 1970; used if the server does not have the run yet. */
  readonly startedMs: number;
  readonly props: RunProps;
  readonly signal: AbortSignal;
};

type Instruction = readonly [handler: string, method: string, args: readonly TreeValue[]];

/** The time of the server's decoder grows with the square of a message's size. */
const MAX_MESSAGE_BYTES = 16_384;

/**
 * One run at a server, open for writing. Handlers are ours and stay the same: opening again after a lost connection
 * replaces what the server may still hold.
 */
export class RemoteRun {
  readonly hash: string;
  readonly client: AimClient;
  readonly #handlers = {
    repo: randomUUID(),
    lock: randomUUID(),
    meta: randomUUID(),
    heartbeat: randomUUID(),
    props: randomUUID(),
    seqs: randomUUID(),
  };
  #socket: WriteSocket | undefined;

  constructor(client: AimClient, hash: string) {
    this.client = client;
    this.hash = hash;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Connects, and creates the run or resumes it. */
  async open({ force, startedMs, props, signal }: OpenOptions): Promise<void> {
    const { hash } = this;
    const { repo, lock, meta, heartbeat, seqs } = this.#handlers;
    const client = this.client;
    await client.connect(signal);
    await client.request(repo, "Repo", {}, signal); // the other objects refer to it without holding it
    await client.request(lock, "Lock", { run_hash: hash }, signal);
    await client.read(lock, "lock", [force], signal);
    await client.request(meta, "TreeView", treeView("meta", hash), signal);
    await client.request(heartbeat, "RunHeartbeat", { run_hash: hash }, signal);
    this.#socket = await client.openSocket(signal);
    if (!(await this.#hasAttributes(signal))) {
      await this.write([
        { tree: "meta", path: chunkPath(this.hash, "attrs"), value: new Map() },
        { tree: "meta", path: ["meta", "attrs"], value: new Map() },
      ]);
    }
    await this.write([{ tree: "meta", path: chunkPath(this.hash, "end_time"), value: null }]);
    // Without this row of the database the run cannot be read.
    const structured = { hash_: hash, read_only: false, created_at: startedMs / 1000 };
    await client.request(this.#handlers.props, "StructuredRun", structured, signal);
    await client.request(seqs, "TreeView", treeView("seqs", hash), signal);
    await this.setProps(props);
    await this.drain();
  }

  /** Whether the server has a run of this hash. Connects first. */
  async exists(signal: AbortSignal): Promise<boolean> {
    await this.client.connect(signal);
    await this.client.request(this.#handlers.repo, "Repo", {}, signal);
    const hashes = await this.client.read(this.#handlers.repo, "list_all_runs", [], signal);
    if (Array.isArray(hashes)) return hashes.includes(this.hash);
    throw new TrackerUnreachableError("Aim answered list_all_runs without a list.");
  }

  /** The run's sequences at the server; undefined if there are none. */
  async readTraces(signal: AbortSignal): Promise<TreeValue | undefined> {
    return this.#readMeta("collect", [chunkPath(this.hash, "traces"), true, false], signal);
  }

  /** Resolves once the writes are sent; the server applies them in order. */
  async write(writes: readonly Write[]): Promise<void> {
    await this.#send(
      writes.map(({ tree, path, value }) =>
        value === undefined
          ? [this.#handlers[tree], "make_array", [path]]
          : [this.#handlers[tree], "__setitem__", [path, value]],
      ),
    );
  }

  async setProps(props: RunProps): Promise<void> {
    for (const [key, value] of Object.entries(props)) {
      await this.#send([[this.#handlers.props, `${key}.setter`, [value]]]);
    }
  }

  /** Both may be repeated. */
  async changeTag(
    method: "add_tag" | "remove_tag",
    tag: string,
    signal: AbortSignal,
  ): Promise<void> {
    await this.drain();
    await this.client.read(this.#handlers.props, method, [tag], signal);
  }

  /** Resolves once the server has applied everything written. */
  async drain(): Promise<void> {
    await this.#openSocket.drain();
  }

  /** Marks the run as ended and releases everything at the server. @param endMs milliseconds since 1970. */
  async close(endMs: number, signal: AbortSignal): Promise<void> {
    const { repo, lock, heartbeat, props, seqs, meta } = this.#handlers;
    await this.write([
      { tree: "meta", path: chunkPath(this.hash, "end_time"), value: endMs / 1000 },
    ]);
    await this.drain();
    // The run is complete now. The server releases the rest when it misses the heartbeat.
    try {
      await this.client.read(heartbeat, "stop", [], signal);
      await this.client.read(lock, "release", [false], signal);
      for (const handler of [props, seqs, heartbeat, meta, lock, repo]) {
        await this.client.release(handler, signal);
      }
      this.#socket?.close();
      await this.client.disconnect(signal);
    } catch {
      this.abandon();
    }
    this.#socket = undefined;
  }

  /** Closes the connection without a message to the server. */
  abandon(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
    this.client.abandon();
  }

  get #openSocket(): WriteSocket {
    if (this.#socket) return this.#socket;
    throw new TrackerUnreachableError(`The connection to the Aim run ${this.hash} was lost.`);
  }

  async #hasAttributes(signal: AbortSignal): Promise<boolean> {
    return (
      (await this.#readMeta("first_key", [chunkPath(this.hash, "attrs")], signal)) !== undefined
    );
  }

  async #readMeta(
    method: string,
    args: readonly TreeValue[],
    signal: AbortSignal,
  ): Promise<TreeValue | undefined> {
    try {
      return await this.client.read(this.#handlers.meta, method, args, signal);
    } catch (error) {
      if (error instanceof AimServiceError && error.isMissing) return undefined;
      throw error;
    }
  }

  /** Sends instructions as one message, or as several if it would be large. */
  async #send(instructions: readonly Instruction[]): Promise<void> {
    const message = packTree(instructions as TreeValue);
    const half = Math.ceil(instructions.length / 2);
    if (message.length <= MAX_MESSAGE_BYTES || half === instructions.length) {
      await this.#openSocket.send(message);
      return;
    }
    await this.#send(instructions.slice(0, half));
    await this.#send(instructions.slice(half));
  }
}

function treeView(name: "meta" | "seqs", hash: string): Record<string, TreeValue> {
  // from_union: servers before 3.29 need it.
  const options = { read_only: false, index: false, timeout: null, from_union: false };
  return { name, sub: hash, ...options };
}
