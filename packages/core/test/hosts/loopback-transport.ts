import type { Transport } from "../../src/hosts/transport.ts";
import { ByteRing, type Fragment } from "./byte-ring.ts";

/** What goes wrong on a host. */
export type Trouble = {
  /** Every message waits so long. */
  readonly delayMs?: number;
  /** After some time nothing moves, or everything throws. */
  readonly silentAfterMs?: number;
  readonly throwsAfterMs?: number;
  readonly throws?: string;
  /** It sends another number at the beginning of messages with this tag, or a message that is shorter. */
  readonly lies?: { readonly tag: number; readonly about: "content" | "length" };
};

/** What `openTransport` of this module takes. */
export type LoopbackData = {
  readonly host: number;
  readonly hosts: number;
  /** From each host to each: `rings[from * hosts + to]`. */
  readonly rings: readonly SharedArrayBuffer[];
  /** Cell 0: set by `abort`. Cell 1 + host: `close` was called. */
  readonly state: SharedArrayBuffer;
  readonly trouble?: Trouble;
};

/** The data of each host of a run in one process. */
export function loopbackHosts(hosts: number): LoopbackData[] {
  const rings = Array.from({ length: hosts * hosts }, () => ByteRing.create());
  const state = new SharedArrayBuffer(4 * (1 + hosts));
  return Array.from({ length: hosts }, (_, host) => ({ host, hosts, rings, state }));
}

export const LOOPBACK_MODULE: string = import.meta.url;

export function openTransport(data: unknown): Transport {
  return new LoopbackTransport(data as LoopbackData);
}

type Request = {
  readonly view: Uint8Array;
  readonly peer: number;
  readonly tag: number;
  readonly isSend: boolean;
  readonly startMs: number;
  done: number;
  isComplete: boolean;
};

/** Hosts in one process: messages through shared memory. */
export class LoopbackTransport implements Transport {
  readonly host: number;
  readonly hosts: number;
  readonly #data: LoopbackData;
  readonly #startMs = performance.now();
  readonly #out: readonly ByteRing[];
  readonly #in: readonly ByteRing[];
  readonly #sends: Request[] = [];
  readonly #receives: Request[] = [];
  /** Fragments for which nobody has asked yet, of each host. */
  readonly #early: Fragment[][];

  constructor(data: LoopbackData) {
    const { host, hosts, rings } = data;
    this.host = host;
    this.hosts = hosts;
    this.#data = data;
    const ring = (index: number): ByteRing => new ByteRing(rings[index] as SharedArrayBuffer);
    const all = Array.from({ length: hosts }, (_, other) => other);
    this.#out = all.map((to) => ring(host * hosts + to));
    this.#in = all.map((from) => ring(from * hosts + host));
    this.#early = all.map(() => []);
  }

  send(view: Uint8Array, to: number, tag: number): Request {
    return this.#begin({ view: this.#lie(view, tag), peer: to, tag, isSend: true });
  }

  receive(view: Uint8Array, from: number, tag: number): Request {
    return this.#begin({ view, peer: from, tag, isSend: false });
  }

  test(request: object): boolean {
    const { throws, throwsAfterMs, silentAfterMs, delayMs = 0 } = this.#data.trouble ?? {};
    const age = performance.now() - this.#startMs;
    if (throwsAfterMs !== undefined && age > throwsAfterMs) throw new Error(throws);
    if (silentAfterMs !== undefined && age > silentAfterMs) return false;
    const own = request as Request;
    if (own.isSend && performance.now() - own.startMs < delayMs) return false;
    this.#move();
    return own.isComplete;
  }

  abort(code: number): void {
    Atomics.store(new Int32Array(this.#data.state), 0, code);
  }

  close(): void {
    Atomics.store(new Int32Array(this.#data.state), 1 + this.host, 1);
  }

  #begin(begun: Pick<Request, "view" | "peer" | "tag" | "isSend">): Request {
    if (begun.view.byteLength === 0) throw new Error("a message of no bytes");
    const request = { ...begun, startMs: performance.now(), done: 0, isComplete: false };
    (begun.isSend ? this.#sends : this.#receives).push(request);
    return request;
  }

  #lie(view: Uint8Array, tag: number): Uint8Array {
    const { lies } = this.#data.trouble ?? {};
    if (lies?.tag !== tag) return view;
    if (lies.about === "length") return view.subarray(1);
    const other = view.slice();
    other[0] = (other[0] as number) ^ 0x55;
    return other;
  }

  #move(): void {
    const { delayMs = 0 } = this.#data.trouble ?? {};
    const blocked = new Set<number>();
    for (const request of this.#sends) {
      if (blocked.has(request.peer) || performance.now() - request.startMs < delayMs) {
        blocked.add(request.peer);
        continue;
      }
      this.#write(request);
      if (!request.isComplete) blocked.add(request.peer);
    }
    drop(this.#sends);
    for (const [from, ring] of this.#in.entries()) {
      for (let next = ring.read(); next; next = ring.read()) this.#early[from]?.push(next);
    }
    for (const request of this.#receives) this.#fill(request);
    drop(this.#receives);
  }

  #write(request: Request): void {
    const { view, peer, tag } = request;
    for (;;) {
      const length = (this.#out[peer] as ByteRing).write(tag, view, request.done);
      request.done += length;
      request.isComplete = request.done === view.byteLength;
      if (length === 0 || request.isComplete) return;
    }
  }

  /** Requests of one host and tag are filled in their order, as the earlier one takes all fragments until it is full. */
  #fill(request: Request): void {
    const waiting = this.#early[request.peer] as Fragment[];
    while (!request.isComplete) {
      const index = waiting.findIndex(({ tag }) => tag === request.tag);
      const [fragment] = index < 0 ? [] : waiting.splice(index, 1);
      if (!fragment) return;
      if (fragment.total !== request.view.byteLength) {
        const sizes = `${fragment.total} bytes for a place of ${request.view.byteLength}`;
        throw new Error(`host ${request.peer} has sent ${sizes} (tag ${request.tag})`);
      }
      request.view.set(fragment.bytes, request.done);
      request.done += fragment.bytes.byteLength;
      request.isComplete = request.done === fragment.total;
    }
  }
}

function drop(requests: Request[]): void {
  const open = requests.filter(({ isComplete }) => !isComplete);
  requests.splice(0, requests.length, ...open);
}
