/** A model of an all-reduce over a chain of hosts, message by message. */

export type Network = {
  /** Bytes per second that a host sends, and the same that it receives at the same time. */
  readonly bytesPerSecond: number;
  /** From the last byte of a message to the moment when the other host has noticed it, in seconds. */
  readonly delay: number;
};

/** How fast the replicas of a host add a chunk, in bytes per second: far from the limit of any machine. */
const ADDED_PER_SECOND = 4e9;

type Message = {
  readonly from: number;
  readonly to: number;
  readonly chunk: number;
  readonly isResult: boolean;
};
type Event = { readonly time: number; readonly message: Message };

/**
 * Seconds from the start of the reduction to its end on the last host that has the result. Sums go up the chain, results come back
 * down; a host sends one message at a time, in the order in which they were ready.
 */
export function simulateChain(
  hosts: number,
  sizeBytes: number,
  chunkBytes: number,
  { bytesPerSecond, delay }: Network,
): number {
  const chunks = Math.ceil(sizeBytes / chunkBytes);
  const last = hosts - 1;
  const wire = chunkBytes / bytesPerSecond;
  const adding = chunkBytes / ADDED_PER_SECOND;
  const sends = new Float64Array(hosts); // when the host can send again
  const receives = new Float64Array(hosts);
  const ready = new EventQueue();
  let end = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const message = { from: 0, to: 1, chunk, isResult: false };
    ready.push({ time: adding * (chunk + 1), message });
  }
  for (let event = ready.pop(); event; event = ready.pop()) {
    const { from, to, chunk, isResult } = event.message;
    const start = Math.max(event.time, sends[from] as number);
    sends[from] = start + wire;
    receives[to] = Math.max(start, receives[to] as number) + wire; // a switch holds what comes too early
    const arrived = (receives[to] as number) + delay;
    end = Math.max(end, arrived);
    const turns = to === last;
    if (isResult && to === 0) continue;
    const next = isResult || turns ? to - 1 : to + 1;
    const message = { from: to, to: next, chunk, isResult: isResult || turns };
    ready.push({ time: isResult ? arrived : arrived + adding, message });
  }
  return end;
}

/** Events by time: a binary heap. */
class EventQueue {
  readonly #heap: Event[] = [];

  push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    for (
      let parent = (index - 1) >> 1;
      index > 0 && heap[parent] && event.time < (heap[parent] as Event).time;
      parent = (index - 1) >> 1
    ) {
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
  }

  pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const moved = heap.pop();
    if (!first || !moved || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Event).time < (heap[child] as Event).time)
        child++;
      if ((heap[child] as Event).time >= moved.time) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = moved;
    return first;
  }
}
