import { AHEAD } from "./chunks.ts";
import { type Mailbox, PREFIXES, RESULTS, type ReduceCommand } from "./mailbox.ts";
import type { Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport } from "./transport.ts";

/** Where a chunk lies in a slot: the first slot is for the sum of the hosts before, and for the result. */
export type ViewOfChunk = (slot: 0 | 1, chunk: number) => Uint8Array;

/**
 * One reduction over all hosts, chunk by chunk. The sum goes from the first host to the last, each adds its replicas in rank order;
 * the last one has the result, which goes back from host to host.
 */
export class ReduceChain {
  readonly #transport: Transport;
  readonly #mailbox: Mailbox;
  readonly #before: number;
  readonly #chunks: number;
  readonly #view: ViewOfChunk;
  readonly #isFirst: boolean;
  readonly #isLast: boolean;
  readonly #prefixes: RequestQueue;
  readonly #up: RequestQueue;
  readonly #results: RequestQueue;
  readonly #down: RequestQueue;
  /** Chunks: sums that have arrived, sums that have left, places that are free for a result, results that are there. */
  #arrived = 0;
  #left = 0;
  #free = 0;
  #returned = 0;

  /** @param before chunks of all reductions so far. */
  constructor(
    transport: Transport,
    mailbox: Mailbox,
    { sizeBytes, chunkBytes }: ReduceCommand,
    { view, before }: { readonly view: ViewOfChunk; readonly before: number },
  ) {
    this.#transport = transport;
    this.#mailbox = mailbox;
    this.#chunks = Math.ceil(sizeBytes / chunkBytes);
    this.#view = view;
    this.#before = before;
    this.#isFirst = transport.host === 0;
    this.#isLast = transport.host === transport.hosts - 1;
    this.#prefixes = new RequestQueue(transport);
    this.#up = new RequestQueue(transport);
    this.#results = new RequestQueue(transport);
    this.#down = new RequestQueue(transport);
  }

  get chunks(): number {
    return this.#chunks;
  }

  step(): Progress {
    const before = this.#arrived + this.#left + this.#free + this.#returned + this.#down.length;
    if (!this.#isFirst) this.#receiveSums();
    this.#passOn();
    if (!this.#isLast) this.#receiveResults();
    this.#down.takeAll();
    const isOver = this.#isLast ? this.#left : this.#returned;
    if (isOver === this.#chunks && this.#down.length === 0) return "done";
    const after = this.#arrived + this.#left + this.#free + this.#returned + this.#down.length;
    return after === before ? "waits" : "moved";
  }

  #receiveSums(): void {
    const { host } = this.#transport;
    for (;;) {
      const next = this.#arrived + this.#prefixes.length;
      if (next === this.#chunks || this.#prefixes.length === AHEAD) break;
      this.#prefixes.push(this.#transport.receive(this.#view(0, next), host - 1, TAGS.prefix));
    }
    while (this.#prefixes.takeFirst()) {
      this.#arrived += 1;
      this.#mailbox.advance(PREFIXES);
    }
  }

  /** What all replicas of this host have added to goes on; on the last host it is the result. */
  #passOn(): void {
    const { host } = this.#transport;
    const ready = Math.min(this.#mailbox.reducedSince(this.#before), this.#chunks);
    for (; this.#left < ready; this.#left++) {
      const view = this.#view(this.#isFirst ? 1 : 0, this.#left);
      if (this.#isLast) this.#down.push(this.#transport.send(view, host - 1, TAGS.result));
      else this.#up.push(this.#transport.send(view, host + 1, TAGS.prefix));
    }
  }

  #receiveResults(): void {
    const { host } = this.#transport;
    // A result overwrites the sum, and replicas then overwrite their slots: both must have been sent.
    while (this.#up.takeFirst()) {
      const view = this.#view(0, this.#free);
      this.#free += 1;
      this.#results.push(this.#transport.receive(view, host + 1, TAGS.result));
    }
    while (this.#results.takeFirst()) {
      const view = this.#view(0, this.#returned);
      this.#returned += 1;
      if (!this.#isFirst) this.#down.push(this.#transport.send(view, host - 1, TAGS.result));
      this.#mailbox.advance(RESULTS);
    }
  }
}
