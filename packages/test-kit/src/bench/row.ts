/** One figure of ours beside one of a peer, medians of the same run. */
export type Row = {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly better: "less" | "more";
  /** Above 1, ours is better. */
  readonly ratio: number;
  /** What we mean to reach; null if nothing is set. */
  readonly target: Target | null;
};

export type Target = {
  readonly of: "ratio" | "ours" | "ours - peer";
  readonly atLeast?: number;
  readonly atMost?: number;
};

/** A row of which less is better, such as times. */
export function lessIsBetter(row: Omit<Row, "ratio" | "better">): Row {
  return { ...row, better: "less", ratio: row.peer / row.ours };
}

/** A row of which more is better, such as samples per second. */
export function moreIsBetter(row: Omit<Row, "ratio" | "better">): Row {
  return { ...row, better: "more", ratio: row.ours / row.peer };
}

export function isReached({ target, ratio, ours, peer }: Row): boolean | undefined {
  if (!target) return undefined;
  const value = { ratio, ours, "ours - peer": ours - peer }[target.of];
  return value >= (target.atLeast ?? value) && value <= (target.atMost ?? value);
}

export function formatRow(row: Row): string {
  const { name, unit, ours, peer, peerName, ratio, target } = row;
  const reached = isReached(row);
  const goal = target ? `  ${reached ? "reached" : "MISSED"}: ${describeTarget(target)}` : "";
  return (
    `${name.padEnd(44)} ${format(ours).padStart(8)} ${unit.padEnd(9)} ` +
    `${format(peer).padStart(8)} ${peerName.padEnd(34)} ${format(ratio).padStart(6)}x${goal}`
  );
}

function describeTarget({ of, atLeast, atMost }: Target): string {
  return atLeast === undefined ? `${of} <= ${atMost}` : `${of} >= ${atLeast}`;
}

export function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function median(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
