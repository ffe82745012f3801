import type { Reason } from "../collective/control-block.ts";
import { otherHosts } from "./other-hosts.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/** Why a host ends. */
export type Notice = {
  /** Undefined if all its replicas have ended well. */
  readonly reason: Reason | undefined;
  readonly message: string;
  /** How often it has met the other hosts. */
  readonly meetings: number;
};

/** Longer than any message that a group keeps. */
const NOTICE_BYTES = 4096;
const HEAD_BYTES = 12;

type Inbox = { readonly bytes: Uint8Array; readonly request: TransportRequest };

/** Tells the other hosts how this one ends, once, and hears it of each of them, once. */
export class Notices {
  readonly #transport: Transport;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #received = new Map<number, Notice>();
  readonly #sent: RequestQueue;
  #isTold = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#sent = new RequestQueue(transport);
    for (const host of otherHosts(transport)) {
      const bytes = sharedBytes(NOTICE_BYTES);
      this.#inboxes.set(host, { bytes, request: transport.receive(bytes, host, TAGS.notice) });
    }
  }

  /** Looks for what has arrived. @returns whether there was something. */
  look(): boolean {
    const before = this.#received.size;
    for (const [host, { bytes, request }] of this.#inboxes) {
      if (!this.#transport.test(request)) continue;
      this.#inboxes.delete(host);
      this.#received.set(host, unpack(bytes));
    }
    return this.#received.size > before;
  }

  get received(): ReadonlyMap<number, Notice> {
    return this.#received;
  }

  /** The second call does nothing: others expect one notice. */
  tell(notice: Notice): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const bytes = pack(notice);
    for (const host of otherHosts(this.#transport))
      this.#sent.push(this.#transport.send(bytes, host, TAGS.notice));
  }

  /** Whether every host has heard of every other one, as far as this one knows. */
  get isComplete(): boolean {
    this.#sent.takeAll();
    return this.#inboxes.size === 0 && this.#isTold && this.#sent.length === 0;
  }
}

function pack({ reason, meetings, message }: Notice): Uint8Array {
  const bytes = sharedBytes(NOTICE_BYTES);
  const text = new TextEncoder().encode(message).subarray(0, NOTICE_BYTES - HEAD_BYTES);
  new Int32Array(bytes.buffer, 0, 3).set([reason ?? 0, meetings, text.byteLength]);
  bytes.set(text, HEAD_BYTES);
  return bytes;
}

function unpack(bytes: Uint8Array): Notice {
  const [reason = 0, meetings = 0, length = 0] = new Int32Array(bytes.buffer, 0, 3);
  const text = Buffer.from(bytes.slice(HEAD_BYTES, HEAD_BYTES + length)).toString();
  return { reason: reason === 0 ? undefined : (reason as Reason), meetings, message: text };
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}
