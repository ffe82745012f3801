import { AHEAD, chunkBytesOf } from "./chunks.ts";
import type { Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport } from "./transport.ts";

/** One broadcast: from its host in both directions, each host passes on what it has received, chunk by chunk. */
export class BroadcastChain {
  readonly #transport: Transport;
  readonly #chunks: readonly Uint8Array[];
  /** The neighbour that sends to this host; undefined on the host of the broadcast. */
  readonly #source: number | undefined;
  readonly #targets: readonly number[];
  readonly #received: RequestQueue;
  readonly #sent: RequestQueue;
  #here = 0;

  /** @param bytes those to send, or the place for them. */
  constructor(transport: Transport, bytes: Uint8Array, fromHost: number) {
    const { host, hosts } = transport;
    this.#transport = transport;
    const size = chunkBytesOf(bytes.byteLength);
    this.#chunks = Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, chunk) =>
      bytes.subarray(chunk * size, (chunk + 1) * size),
    );
    this.#source = host === fromHost ? undefined : host + Math.sign(fromHost - host);
    const neighbours = [host - 1, host + 1].filter((other) => other >= 0 && other < hosts);
    this.#targets = neighbours.filter((other) => other !== this.#source);
    this.#received = new RequestQueue(transport);
    this.#sent = new RequestQueue(transport);
    if (this.#source === undefined) for (const chunk of this.#chunks) this.#pass(chunk);
  }

  step(): Progress {
    let moved = this.#source !== undefined && this.#receive(this.#source);
    if (this.#sent.takeAll()) moved = true;
    if (this.#here === this.#chunks.length && this.#sent.length === 0) return "done";
    return moved ? "moved" : "waits";
  }

  #receive(source: number): boolean {
    const before = this.#here;
    for (;;) {
      const chunk = this.#chunks[this.#here + this.#received.length];
      if (!chunk || this.#received.length === AHEAD) break;
      this.#received.push(this.#transport.receive(chunk, source, TAGS.broadcast));
    }
    while (this.#received.takeFirst()) this.#pass(this.#chunks[this.#here] as Uint8Array);
    return this.#here > before;
  }

  #pass(chunk: Uint8Array): void {
    this.#here += 1;
    for (const target of this.#targets)
      this.#sent.push(this.#transport.send(chunk, target, TAGS.broadcast));
  }
}
