import { setTimeout as sleep } from "node:timers/promises";

/** Cells: whether the replica is in a section, and whether the gate is closed; the number of things to finish. */
const [GATE, UNFINISHED] = [0, 1] as const;
const INSIDE = 1;
const CLOSED = 2;
const POLL_MS = 5;
/** How long the host waits for what a replica finishes: as long as an exit waits for a checkpoint. */
const FINISH_MS = 10_000;

/** Shared memory: whether a replica is in a section that the host must not interrupt, or has something to finish. */
export type KillGate = Int32Array<SharedArrayBuffer>;

export function createKillGate(): KillGate {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** The replica's side: runs such a section, or waits to be terminated if the host has closed the gate. */
export function passKillGate<T>(gate: KillGate, call: () => T): T {
  const before = Atomics.compareExchange(gate, GATE, 0, INSIDE);
  if (before & INSIDE) return call(); // nested call
  if (before & CLOSED) Atomics.wait(gate, GATE, CLOSED);
  try {
    return call();
  } finally {
    Atomics.and(gate, GATE, ~INSIDE);
  }
}

/** The replica's side: the host lets it live until `work` has settled, or the replica has ended by itself; at most 10 s. */
export function finishBeforeGate(gate: KillGate, work: Promise<unknown>): void {
  Atomics.add(gate, UNFINISHED, 1);
  const end = (): void => {
    Atomics.sub(gate, UNFINISHED, 1);
  };
  work.then(end, end);
}

/**
 * The host's side: resolves when the replica is outside of such sections and cannot enter another one.
 *
 * @param gone settles when the thread has ended by itself, inside a section or not.
 */
export async function closeKillGate(gate: KillGate, gone: Promise<void>): Promise<void> {
  let isGone = false;
  void gone.then(() => {
    isGone = true;
  });
  const deadline = performance.now() + FINISH_MS;
  while (!isGone && Atomics.load(gate, UNFINISHED) > 0 && performance.now() < deadline) {
    await sleep(POLL_MS);
  }
  Atomics.or(gate, GATE, CLOSED);
  while (!isGone && Atomics.load(gate, GATE) & INSIDE) await sleep(POLL_MS);
}
