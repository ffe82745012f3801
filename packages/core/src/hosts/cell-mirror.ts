import { SHARED_CELLS, type SharedGroup } from "../collective/shared-group.ts";
import { FIRST_ADDRESS } from "../collective/slot-memory.ts";
import { otherHosts } from "./other-hosts.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/** A message: whether it is the last one, then the cells. */
const LENGTH = 1 + SHARED_CELLS;

/**
 * Brings the cells that rank 0 writes from its host to the others. A rank that sees a cell sees all that were written before,
 * where those have higher numbers: they are read in ascending order and written in descending order.
 */
export class CellMirror {
  readonly #transport: Transport;
  readonly #cells: Int32Array;
  readonly #last = new Int32Array(SHARED_CELLS);
  readonly #sent: RequestQueue;
  #inbox: { readonly cells: Int32Array; readonly request: TransportRequest } | undefined;
  /** Changes sent or received. */
  #version = 0;
  #isClosed = false;

  constructor(transport: Transport, group: SharedGroup) {
    this.#transport = transport;
    this.#cells = new Int32Array(group.area.buffer, FIRST_ADDRESS, SHARED_CELLS);
    this.#sent = new RequestQueue(transport);
    if (!this.#isSource) this.#listen();
  }

  get version(): number {
    return this.#version;
  }

  /** Sends what has changed, or takes what has arrived. */
  look(): void {
    this.#sent.takeAll();
    if (this.#isSource) this.#send();
    else this.#receive();
  }

  /** On the host of rank 0: there are no changes any more. */
  close(): void {
    if (!this.#isSource || this.#isClosed) return;
    this.#isClosed = true;
    this.#post(1);
  }

  /** Whether nothing is on its way any more. */
  get isComplete(): boolean {
    return this.#isClosed && this.#sent.length === 0;
  }

  get #isSource(): boolean {
    return this.#transport.host === 0;
  }

  #send(): void {
    if (this.#isClosed || this.#last.every((cell, i) => cell === this.#cells[i])) return;
    this.#version += 1;
    this.#post(0);
  }

  #post(isLast: number): void {
    const message = new Int32Array(new SharedArrayBuffer(4 * LENGTH));
    message[0] = isLast;
    for (let i = 0; i < SHARED_CELLS; i++) message[1 + i] = Atomics.load(this.#cells, i);
    this.#last.set(message.subarray(1));
    const bytes = new Uint8Array(message.buffer);
    for (const host of otherHosts(this.#transport))
      this.#sent.push(this.#transport.send(bytes, host, TAGS.cells));
  }

  #receive(): void {
    while (this.#inbox && this.#transport.test(this.#inbox.request)) {
      const { cells } = this.#inbox;
      this.#inbox = undefined;
      this.#version += 1;
      for (let i = SHARED_CELLS - 1; i >= 0; i--)
        Atomics.store(this.#cells, i, cells[1 + i] as number);
      if (cells[0] === 0) this.#listen();
      else this.#isClosed = true;
    }
  }

  #listen(): void {
    const cells = new Int32Array(new SharedArrayBuffer(4 * LENGTH));
    const bytes = new Uint8Array(cells.buffer);
    this.#inbox = { cells, request: this.#transport.receive(bytes, 0, TAGS.cells) };
  }
}
