/** How the global batches of a pass are sharded. */
export type ShardOptions = {
  readonly rank: number;
  readonly worldSize: number;
  /** Pad the last round, so that every rank yields the same number of batches. */
  readonly evenBatches: boolean;
  /** Drop an incomplete last round. */
  readonly dropLast: boolean;
  /** Samples of a full batch; undefined if batches vary in size, as with a custom sampler. */
  readonly batchSize: number | undefined;
};

/**
 * The batches of one rank. Every rank enumerates the same sequence of global batches: batch `i`
 * belongs to rank `i mod worldSize`.
 *
 * With `evenBatches` and several ranks the last round is padded with the first samples of the pass, in its order;
 * with batches of varying size, by whole batches from the start.
 *
 * @param first gives the first round of the pass, if `batches` do not begin with it.
 */
export function* shardBatches<T>(
  batches: Iterable<readonly T[]>,
  options: ShardOptions,
  first?: () => readonly (readonly T[])[] | undefined,
): Generator<readonly T[]> {
  const { rank, worldSize, evenBatches, dropLast, batchSize } = options;
  const ownFirst: (readonly T[])[] = [];
  let round: (readonly T[])[] = [];
  for (const batch of batches) {
    if (ownFirst.length < worldSize) ownFirst.push(batch);
    round.push(batch);
    const isFull = batchSize === undefined || batch.length === batchSize;
    if (round.length === worldSize && isFull) {
      yield round[rank] as readonly T[];
      round = [];
    }
  }
  if (round.length === 0 || dropLast) return;
  if (!evenBatches || worldSize === 1) {
    const own = round[rank];
    if (own) yield own;
    return;
  }
  const firstRound = first?.() ?? ownFirst;
  const completed =
    batchSize === undefined
      ? repeatBatches(round, firstRound, worldSize)
      : fillBatches(round, firstRound.flat(), worldSize, batchSize);
  yield completed[rank] as readonly T[];
}

/** How many batches `shardBatches` yields for `batchCount` global batches. */
export function shardLength(
  batchCount: number,
  { rank, worldSize, evenBatches, dropLast }: ShardOptions,
): number {
  const rounds = Math.floor(batchCount / worldSize);
  const extra = batchCount % worldSize;
  if (extra === 0 || dropLast) return rounds;
  return evenBatches || rank < extra ? rounds + 1 : rounds;
}

/** Pads a short last batch, then adds whole ones, with the samples of the first round, cyclically. */
function fillBatches<T>(
  round: readonly (readonly T[])[],
  pool: readonly T[],
  worldSize: number,
  batchSize: number,
): (readonly T[])[] {
  let cursor = 0;
  const take = (count: number): readonly T[] =>
    Array.from({ length: count }, () => pool[cursor++ % pool.length] as T);
  return Array.from({ length: worldSize }, (_, rank) => {
    const own = round[rank] ?? [];
    return [...own, ...take(batchSize - own.length)];
  });
}

/** Adds whole batches of the first round, cyclically, until every rank has one. */
export function repeatBatches<T>(
  round: readonly (readonly T[])[],
  firstRound: readonly (readonly T[])[],
  worldSize: number,
): (readonly T[])[] {
  const missing = worldSize - round.length;
  const repeats = Array.from(
    { length: missing },
    (_, i) => firstRound[i % firstRound.length] as readonly T[],
  );
  return [...round, ...repeats];
}
