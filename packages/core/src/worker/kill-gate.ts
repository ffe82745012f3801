const INSIDE = 1;
const CLOSED = 2;
const POLL_MS = 5;

/** One number in shared memory: whether a replica is in code that its host must not kill it in. */
export type KillGate = Int32Array<SharedArrayBuffer>;

export function createKillGate(): KillGate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The replica's side: runs such code, or waits to be killed if the host has closed the gate. */
export function passKillGate<T>(gate: KillGate, call: () => T): T {
  const before = Atomics.compareExchange(gate, 0, 0, INSIDE);
  if (before & INSIDE) return call(); // a call within a call
  if (before & CLOSED) Atomics.wait(gate, 0, CLOSED);
  try {
    return call();
  } finally {
    Atomics.and(gate, 0, ~INSIDE);
  }
}

/**
 * The host's side: resolves once the replica is outside of such code, and can enter it no more.
 *
 * @param gone settles when the thread has ended by itself, wherever it was.
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
