import { type ControlBlock, HEADER_CELLS } from "../collective/control-block.ts";
import { REQUESTS } from "../collective/supervision.ts";
import type { CellMirror } from "./cell-mirror.ts";
import { type HostGroup, ranksBefore } from "./host-group.ts";
import { otherHosts } from "./other-hosts.ts";
import type { Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/**
 * Cells before the headers: the number of the meeting, the number of changes of the mirrored cells, what rank 0 has announced
 * and in which collective, what the launcher of the host asks.
 */
const META = { meeting: 0, version: 1, announced: 2, announcedAt: 3, request: 4 } as const;
const META_CELLS = 8;

type Inbox = { readonly cells: Int32Array; request: TransportRequest | undefined };

/** Brings the headers of the ranks of each host to all hosts. */
export class HostMeetings {
  readonly #transport: Transport;
  readonly #hosts: HostGroup;
  readonly #control: ControlBlock;
  readonly #mirror: CellMirror;
  readonly #own: Int32Array;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #sent: RequestQueue;
  #count = 0;
  #wantedVersion = 0;

  constructor(transport: Transport, hosts: HostGroup, control: ControlBlock, mirror: CellMirror) {
    this.#transport = transport;
    this.#hosts = hosts;
    this.#control = control;
    this.#mirror = mirror;
    this.#sent = new RequestQueue(transport);
    this.#own = this.#message(transport.host);
    for (const host of otherHosts(transport))
      this.#inboxes.set(host, { cells: this.#message(host), request: undefined });
  }

  /** Meetings that have begun. */
  get count(): number {
    return this.#count;
  }

  /** Hosts whose headers have not arrived. */
  get missing(): number[] {
    return [...this.#inboxes].filter(([, { request }]) => request).map(([host]) => host);
  }

  begin(headerSet: number): void {
    const { host } = this.#transport;
    this.#count = (this.#count + 1) | 0;
    this.#control.readHeadersOf(headerSet);
    this.#mirror.look(); // what rank 0 wrote before it came must be there for all
    const own = this.#own;
    own[META.meeting] = this.#count;
    own[META.version] = host === 0 ? this.#mirror.version : 0;
    own[META.announced] = codeOf(this.#control.announced);
    own[META.announcedAt] = this.#control.announcedAt;
    own[META.request] = host === 0 ? 0 : codeOf(this.#control.takeRequest());
    own.set(this.#headersOf(host), META_CELLS);
    const bytes = new Uint8Array(own.buffer);
    for (const [other, inbox] of this.#inboxes) {
      inbox.request = this.#transport.receive(
        new Uint8Array(inbox.cells.buffer),
        other,
        TAGS.headers,
      );
      this.#sent.push(this.#transport.send(bytes, other, TAGS.headers));
    }
  }

  step(): Progress {
    let moved = this.#sent.takeAll();
    for (const [host, inbox] of this.#inboxes) {
      if (!inbox.request || !this.#transport.test(inbox.request)) continue;
      inbox.request = undefined;
      moved = true;
      this.#take(host, inbox.cells);
    }
    const isThere = this.missing.length === 0 && this.#sent.length === 0;
    if (isThere && this.#hasCells()) return "done";
    return moved ? "moved" : "waits";
  }

  #hasCells(): boolean {
    if (this.#transport.host === 0) return true;
    this.#mirror.look();
    return ((this.#mirror.version - this.#wantedVersion) | 0) >= 0;
  }

  #take(host: number, cells: Int32Array): void {
    if (cells[META.meeting] !== this.#count) {
      throw new Error(
        `${this.#hosts.names[host]} is in meeting ${cells[META.meeting]}, this host in meeting ${this.#count}: ` +
          "it has sent something else than what was expected.",
      );
    }
    this.#headersOf(host).set(cells.subarray(META_CELLS));
    const request = REQUESTS[(cells[META.request] as number) - 1];
    if (this.#transport.host === 0 && request) this.#control.request(request);
    if (host !== 0) return;
    this.#wantedVersion = cells[META.version] as number;
    const announced = REQUESTS[(cells[META.announced] as number) - 1];
    const at = cells[META.announcedAt] as number;
    if (announced && at !== this.#control.announcedAt) this.#control.announce(announced, at);
  }

  #headersOf(host: number): Int32Array {
    const replicas = this.#hosts.replicasOf[host] as number;
    return this.#control.headerCells(ranksBefore(this.#hosts, host), replicas);
  }

  #message(host: number): Int32Array {
    const cells = META_CELLS + (this.#hosts.replicasOf[host] as number) * HEADER_CELLS;
    return new Int32Array(new SharedArrayBuffer(4 * cells));
  }
}

function codeOf(request: (typeof REQUESTS)[number] | undefined): number {
  return request === undefined ? 0 : 1 + REQUESTS.indexOf(request);
}
