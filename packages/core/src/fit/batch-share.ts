/** The samples of a batch that one replica computes. */
export type BatchShare = {
  readonly start: number;
  /** Equal to `start` if the batch has fewer samples than there are replicas. */
  readonly end: number;
};

/** Consecutive samples; sizes differ by one at most. */
export function shareOf(size: number, rank: number, worldSize: number): BatchShare {
  const bound = (index: number) => Math.floor((index * size) / worldSize);
  return { start: bound(rank), end: bound(rank + 1) };
}
