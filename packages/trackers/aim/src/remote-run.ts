import { randomUUID } from "node:crypto";
import type { AimClient } from "./aim-client.ts";
import { AimServiceError } from "./aim-service-error.ts";
import { packTree } from "./pack-tree.ts";
import { chunkPath } from "./run-paths.ts";
import type { TreeKey, TreeValue } from "./tree.ts";
import type { WriteSocket } from "./write-socket.ts";

/** One write to a tree of the run; without a value it makes an array there. */
export type Write = {
  readonly tree: "meta" | "seqs";
  readonly path: readonly TreeKey[];
  readonly value?: TreeValue;
};

/** Properties that Aim keeps in its database, apart from the run's trees. */
export type RunProps = {
  readonly name?: string;
  readonly experiment?: string;
  readonly description?: string;
};

export type OpenOptions = {
  /** Take the run's lock from whoever has it: always for a run that only we write. */
  readonly force: boolean;
  /** When the run began, in milliseconds since 1970; counts if the server does not know it yet. */
  readonly startedMs: number;
  readonly props: RunProps;
  readonly signal: AbortSignal;
};

type Instruction = readonly [handler: string, method: string, args: readonly TreeValue[]];

/** The server's decoder takes time that grows with the square of a message. */
const MAX_MESSAGE_BYTES = 16_384;

/**
 * One run at a server, open for writing. Handlers are ours and stay the same: opening again after a lost connection
 * replaces what the server may still hold.
 */
export class RemoteRun {
  readonly hash: string;
  readonly client: AimClient;
  readonly #handlers = {
    ...{ repo: randomUUID(), lock: randomUUID(), meta: randomUUID(), heartbeat: randomUUID() },
    ...{ props: randomUUID(), seqs: randomUUID() },
  };
  #socket: WriteSocket | undefined;

  constructor(client: AimClient, hash: string) {
    this.client = client;
    this.hash = hash;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Connects, and creates the run or takes it up. */
  async open({ force, startedMs, props, signal }: OpenOptions): Promise<void> {
    const { hash } = this;
    const { repo, lock, meta, heartbeat, seqs } = this.#handlers;
    const client = this.client;
    await client.connect(signal);
    await client.request(repo, "Repo", {}, signal); // the others refer to it without holding it
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
    return Array.isArray(hashes) && hashes.includes(this.hash);
  }

  /** What the run's sequences are, as the server has them; undefined if there are none. */
  async readTraces(signal: AbortSignal): Promise<TreeValue | undefined> {
    return this.#readMeta("collect", [chunkPath(this.hash, "traces"), true, false], signal);
  }

  /** Resolves once the writes are on their way, which keeps the order of everything written. */
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

  /** Marks the run as ended and gives everything back. @param endMs milliseconds since 1970. */
  async close(endMs: number, signal: AbortSignal): Promise<void> {
    const { repo, lock, heartbeat, props, seqs, meta } = this.#handlers;
    await this.write([
      { tree: "meta", path: chunkPath(this.hash, "end_time"), value: endMs / 1000 },
    ]);
    await this.drain();
    // The run is whole now. What is not given back, the server takes when it misses the heartbeat.
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

  /** Drops the connection, which is of no use any more. */
  abandon(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
    this.client.abandon();
  }

  get #openSocket(): WriteSocket {
    if (!this.#socket) throw new Error(`The Aim run ${this.hash} is not open.`);
    return this.#socket;
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
