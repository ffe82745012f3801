/**
 * The phases of a training step. `wait` is the time blocked on other ranks, inside other phases; `compute` is that of backends
 * that compute when values are needed; `replay` is a whole step of `compileStep`. `forward` is what lies before a backward pass.
 */
export const PHASES = [
  "loader",
  "forward",
  "backward",
  "exchange",
  "all-reduce",
  "wait",
  "compute",
  "replay",
  "optimizer",
] as const;
export type Phase = (typeof PHASES)[number];

/** Told of a phase when it is over; times of `performance.now()` in this thread. */
export type PhaseListener = (phase: Phase, start: number, end: number) => void;

let listener: PhaseListener | undefined;

/** Makes `next` the listener of this thread from now on. @returns the one before it. */
export function listenToPhases(next: PhaseListener | undefined): PhaseListener | undefined {
  const previous = listener;
  listener = next;
  return previous;
}

/** Runs a phase; while nobody listens this is one comparison. */
export function timed<T>(phase: Phase, run: () => T): T {
  if (listener === undefined) return run();
  const start = performance.now();
  try {
    return run();
  } finally {
    listener?.(phase, start, performance.now());
  }
}

/** The same for a phase that is over when its promise settles. */
export function timedUntilSettled<T>(phase: Phase, run: () => Promise<T>): Promise<T> {
  if (listener === undefined) return run();
  const start = performance.now();
  return run().finally(() => listener?.(phase, start, performance.now()));
}
