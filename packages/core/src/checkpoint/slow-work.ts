/** When a line is written for the first time, and how often from then on. */
export type SlowLimits = { readonly firstMs: number; readonly everyMs: number };

const LIMITS: SlowLimits = { firstMs: 2000, everyMs: 10_000 };

/**
 * Waits for work, and says on standard error that it goes on, if it takes more than two seconds: otherwise a large checkpoint on a
 * slow disk looks like a run that hangs.
 *
 * @param what such as `loadState: the checkpoint is read`.
 */
export async function reportSlow<T>(
  what: string,
  work: Promise<T>,
  { firstMs, everyMs }: SlowLimits = LIMITS,
): Promise<T> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  let hasSpoken = false;
  const speak = () => {
    hasSpoken = true;
    console.warn(`${what}: ${seconds()} so far.`);
    timer = setTimeout(speak, everyMs);
  };
  let timer = setTimeout(speak, firstMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (hasSpoken) console.warn(`${what}: over after ${seconds()}.`);
  }
}
