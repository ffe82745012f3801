/** Samples of one step for one rank, and how many real ones all ranks have together in it. */
export type StreamShare<T> = { readonly items: readonly T[]; readonly realSamples: number };

export type StreamShardOptions = {
  readonly rank: number;
  readonly worldSize: number;
  /** Samples per rank and step. */
  readonly shareSize: number;
  /** Drop a last window that is not full. */
  readonly dropLast: boolean;
};

/** Gives the first samples of the pass, for the padding of its end; undefined if the stream begins with them. */
export type FirstWindow<T> = () => Promise<readonly T[] | undefined>;

/**
 * One rank's share of a stream that every rank reads whole: of each window of `worldSize * shareSize` samples, the
 * rank takes its slice. With several ranks the last window is padded with the samples of the first one, cyclically.
 */
export async function* shardStream<T>(
  stream: AsyncIterable<T>,
  { rank, worldSize, shareSize, dropLast }: StreamShardOptions,
  firstWindow?: FirstWindow<T>,
): AsyncGenerator<StreamShare<T>> {
  const windowSize = worldSize * shareSize;
  const slice = (window: readonly T[]): readonly T[] =>
    window.slice(rank * shareSize, (rank + 1) * shareSize);
  let first: readonly T[] | undefined;
  for await (const window of windowsOf(stream, windowSize)) {
    first ??= window;
    const realSamples = window.length;
    if (realSamples < windowSize && dropLast) return;
    const isPadded = worldSize > 1 && realSamples < windowSize;
    const pool = (isPadded && firstWindow && (await firstWindow())) || first;
    const missing = Array.from(
      { length: worldSize === 1 ? 0 : windowSize - realSamples },
      (_, i) => pool[i % pool.length] as T,
    );
    yield { items: slice([...window, ...missing]), realSamples };
  }
}

/**
 * The shares of all ranks, of a stream that one rank reads. The last window is distributed evenly: samples of the
 * first window are added until every rank has the same number, and at least one.
 */
export async function* dispatchStream<T>(
  stream: AsyncIterable<T>,
  { worldSize, shareSize, dropLast }: Omit<StreamShardOptions, "rank">,
  firstWindow?: FirstWindow<T>,
): AsyncGenerator<{ readonly shares: readonly (readonly T[])[]; readonly realSamples: number }> {
  const windowSize = worldSize * shareSize;
  let first: readonly T[] | undefined;
  for await (const window of windowsOf(stream, windowSize)) {
    first ??= window;
    const realSamples = window.length;
    if (realSamples < windowSize && dropLast) return;
    const size = Math.ceil(realSamples / worldSize);
    const isPadded = realSamples < size * worldSize;
    const pool = (isPadded && firstWindow && (await firstWindow())) || first;
    const shares = Array.from({ length: worldSize }, (_, rank) =>
      Array.from({ length: size }, (_, i) => {
        const index = rank * size + i;
        return (
          index < realSamples ? window[index] : pool[(index - realSamples) % pool.length]
        ) as T;
      }),
    );
    yield { shares, realSamples };
  }
}

/** Runs of `size` samples; the last may be shorter. */
export async function* windowsOf<T>(
  stream: AsyncIterable<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let window: T[] = [];
  for await (const item of stream) {
    window.push(item);
    if (window.length < size) continue;
    yield window;
    window = [];
  }
  if (window.length > 0) yield window;
}

/** Steps of a stream of `sampleCount` samples. */
export function streamLength(
  sampleCount: number,
  { worldSize, shareSize, dropLast }: Omit<StreamShardOptions, "rank">,
): number {
  const steps = sampleCount / (worldSize * shareSize);
  return dropLast ? Math.floor(steps) : Math.ceil(steps);
}
