import { describeCalls } from "../collective/call-text.ts";
import type { ControlBlock } from "../collective/control-block.ts";
import { localRanks } from "../collective/shared-group.ts";
import { BroadcastChain } from "./broadcast-chain.ts";
import { describeHosts } from "./describe-hosts.ts";
import { GatherBlocks } from "./gather-blocks.ts";
import { type HostTask, ranksOf } from "./host-group.ts";
import type { HostMeetings } from "./host-meetings.ts";
import type { Command, Mailbox, ReduceCommand } from "./mailbox.ts";
import type { Notices } from "./notices.ts";
import { partBytesOf, placeParts } from "./parts.ts";
import type { Poller, Progress } from "./poller.ts";
import { ReduceChain, type ViewOfChunk } from "./reduce-chain.ts";
import type { Transport } from "./transport.ts";

/** A rank that waits for the others in its own host speaks first: it knows which one is missing. */
const PATIENCE_MS = 500;

export type ExchangeParts = {
  readonly task: HostTask;
  readonly transport: Transport;
  readonly control: ControlBlock;
  readonly mailbox: Mailbox;
  readonly notices: Notices;
  readonly meetings: HostMeetings;
  readonly poller: Poller;
};

/** Carries out the commands of the replicas of one host, one after the other. */
export class HostExchange {
  readonly #parts: ExchangeParts;
  readonly #wire: Uint8Array;
  /** Of all reductions so far; wraps around. */
  #chunks = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#wire = new Uint8Array(parts.task.hosts.wire);
  }

  /** @throws {RunEnded} */
  run(command: Command): void {
    const { transport } = this.#parts;
    switch (command.kind) {
      case "meet":
        this.#meet(command.headerSet);
        break;
      case "reduce":
        this.#reduce(command);
        break;
      case "broadcast": {
        const bytes = this.#wire.subarray(0, command.sizeBytes);
        this.#poll(new BroadcastChain(transport, bytes, command.fromHost));
        break;
      }
      case "gather":
        this.#poll(this.#gather(command.from, command.partBytes));
        break;
      default:
        command satisfies never;
    }
  }

  #meet(headerSet: number): void {
    const { meetings, mailbox } = this.#parts;
    meetings.begin(headerSet);
    const step = (): Progress => {
      const progress = meetings.step();
      if (progress !== "waits") return progress;
      this.#noteHostsThatLeft();
      return mailbox.isEnding ? "done" : "waits"; // nobody waits for it any more
    };
    this.#run(step, () => `${this.#whoIsMissing()}; ${this.#whatIsWaitedFor()}`);
  }

  /** A host that has ended sends no header for this meeting. */
  #noteHostsThatLeft(): void {
    const { meetings, notices, control, task } = this.#parts;
    if (control.hasOtherHostLeft) return;
    for (const host of meetings.missing) {
      const notice = notices.received.get(host);
      if (notice && ((notice.meetings - meetings.count) | 0) < 0)
        control.leaveTogether(ranksOf(task.hosts, host));
    }
  }

  #poll(exchange: { step(): Progress }): void {
    this.#run(
      () => exchange.step(),
      () => `another host has stopped in the middle of an exchange; ${this.#whatIsWaitedFor()}`,
    );
  }

  #run(step: () => Progress, late: () => string): void {
    const { timeoutMs } = this.#parts.task.group;
    this.#parts.poller.run(step, { ms: timeoutMs + PATIENCE_MS, late });
  }

  #whoIsMissing(): string {
    const { meetings, task } = this.#parts;
    const missing = describeHosts(task.hosts, meetings.missing);
    return `${missing} did not arrive within ${task.group.timeoutMs} ms`;
  }

  #whatIsWaitedFor(): string {
    const { control, task } = this.#parts;
    const ranks = localRanks(task.group);
    return (
      `${describeCalls(control, ranks, () => "")}. Every rank must make the same calls in the same order: look for an early ` +
      "return on that host, for one that is much slower, or for a connection that is cut; or raise timeoutMs."
    );
  }

  #reduce(command: ReduceCommand): void {
    const { transport, mailbox } = this.#parts;
    const places = { view: this.#viewsOf(command), before: this.#chunks };
    const chain = new ReduceChain(transport, mailbox, command, places);
    this.#poll(chain);
    this.#chunks = (this.#chunks + chain.chunks) | 0;
  }

  #gather(from: number, partBytes: number): GatherBlocks {
    const { control, task, transport } = this.#parts;
    const ranks = Array.from({ length: task.group.worldSize }, (_, rank) => rank);
    const sizes = ranks.map((rank) => Math.abs(control.headerSize(rank)));
    const places = placeParts(sizes, from, Math.min(partBytes, partBytesOf(ranks.length)));
    return new GatherBlocks(transport, { hosts: task.hosts, places, wire: this.#wire });
  }

  #viewsOf({ base, stride, sizeBytes, chunkBytes }: ReduceCommand): ViewOfChunk {
    const { memory, localWorldSize } = this.#parts.task.group;
    // This thread sees that another one has made the memory larger at its next interrupt check; a loop has such checks.
    while (memory.buffer.byteLength < base + stride * (localWorldSize + 1));
    return (slot, chunk) => {
      const from = chunk * chunkBytes;
      const length = Math.min(chunkBytes, sizeBytes - from);
      return new Uint8Array(memory.buffer, base + slot * stride + from, length);
    };
  }
}
