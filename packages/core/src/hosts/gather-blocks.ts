import { type HostGroup, ranksOf } from "./host-group.ts";
import { otherHosts } from "./other-hosts.ts";
import type { Place } from "./parts.ts";
import type { Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { TAGS } from "./tags.ts";
import type { Transport } from "./transport.ts";

/** One round of a gather: the parts of a host's ranks lie behind each other, and go to every other host as one block. */
export class GatherBlocks {
  readonly #requests: RequestQueue;

  constructor(
    transport: Transport,
    { hosts, places, wire }: { hosts: HostGroup; places: readonly Place[]; wire: Uint8Array },
  ) {
    this.#requests = new RequestQueue(transport);
    const blockOf = (host: number): Uint8Array => {
      const ranks = ranksOf(hosts, host);
      return wire.subarray(places[ranks[0] as number]?.start, places[ranks.at(-1) as number]?.end);
    };
    const own = blockOf(transport.host);
    for (const host of otherHosts(transport)) {
      const block = blockOf(host);
      if (block.byteLength > 0) this.#requests.push(transport.receive(block, host, TAGS.gather));
      if (own.byteLength > 0) this.#requests.push(transport.send(own, host, TAGS.gather));
    }
  }

  step(): Progress {
    const moved = this.#requests.takeAll();
    if (this.#requests.length === 0) return "done";
    return moved ? "moved" : "waits";
  }
}
