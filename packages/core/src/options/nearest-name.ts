/**
 * The one of `names` that was probably meant by `name`: the same except for capitals, `_` and `-`; the only one with
 * that prefix; or the one with the fewest typing errors. Undefined if none is close.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = plainName(name);
  const same = names.find((candidate) => plainName(candidate) === wanted);
  if (same !== undefined) return same;
  const longer = names.filter((candidate) => isBeginning(plainName(candidate), wanted));
  if (longer.length === 1) return longer[0];
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of names) {
    const errors = typingErrors(wanted, plainName(candidate));
    if (errors >= least) continue;
    least = errors;
    nearest = candidate;
  }
  return nearest;
}

/** A name without differences in style: `batch_size`, `batch-size` and `batchSize` are equal. */
export function plainName(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

/** A shorter prefix is ambiguous. */
const LEAST_BEGINNING = 4;

function isBeginning(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= LEAST_BEGINNING && (a.startsWith(b) || b.startsWith(a));
}

/** Letters that were added, left out, replaced or swapped with their neighbour (Damerau's edit distance). */
function typingErrors(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        replaced,
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        isSwap ? (beforePrevious[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
