/** How the global batches of a pass are shared out. */
export type ShardOptions = {
  readonly rank: number;
  readonly worldSize: number;
  /** Complete the last round, so that every rank yields equally many batches. */
  readonly evenBatches: boolean;
  /** Leave out a last round that is incomplete. */
  readonly dropLast: boolean;
  /** Samples of a full batch; undefined if batches vary in size, as those of a custom sampler may. */
  readonly batchSize: number | undefined;
};

/**
 * The batches of one rank, of the sequence of global batches that every rank enumerates alike: batch `i`
 * belongs to rank `i mod worldSize`.
 *
 * With `evenBatches` and several ranks the last round is completed from the first samples of the pass, in
 * its own order; with batches of varying size, by whole batches from the start.
 */
export function* shardBatches<T>(
  batches: Iterable<readonly T[]>,
  options: ShardOptions,
): Generator<readonly T[]> {
  const { rank, worldSize, evenBatches, dropLast, batchSize } = options;
  const firstRound: (readonly T[])[] = [];
  let round: (readonly T[])[] = [];
  for (const batch of batches) {
    if (firstRound.length < worldSize) firstRound.push(batch);
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

/** Completes a short last batch, then adds whole ones, from the samples of the first round on repeat. */
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

function repeatBatches<T>(
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
