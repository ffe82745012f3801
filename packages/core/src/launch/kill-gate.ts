const INSIDE = 1;
const CLOSED = 2;
const POLL_MS = 5;

/** One number in shared memory: whether a replica is in a section that the host must not interrupt. */
export type KillGate = Int32Array<SharedArrayBuffer>;

export function createKillGate(): KillGate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The replica's side: runs such a section, or waits to be terminated if the host has closed the gate. */
export function passKillGate<T>(gate: KillGate, call: () => T): T {
  const before = Atomics.compareExchange(gate, 0, 0, INSIDE);
  if (before & INSIDE) return call(); // nested call
  if (before & CLOSED) Atomics.wait(gate, 0, CLOSED);
  try {
    return call();
  } finally {
    Atomics.and(gate, 0, ~INSIDE);
  }
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
  Atomics.or(gate, 0, CLOSED);
  while (!isGone && Atomics.load(gate, 0) & INSIDE) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
