/** Which of a metric's values its summary shows. */
export type SummaryKind = "min" | "max" | "mean" | "best" | "last" | "first" | "none" | "copy";

/** Options of `defineMetric`. */
export type MetricOptions = {
  /** Metric that is this one's x axis. */
  readonly stepMetric?: string;
  /** The value that the summary shows; the last value if absent. */
  readonly summary?: SummaryKind | readonly SummaryKind[];
  /** Which value is `"best"`. Default `"minimize"`. */
  readonly goal?: "minimize" | "maximize";
  /** Keep it out of the automatic charts. */
  readonly hidden?: boolean;
  /** Add the last value of `stepMetric` to rows that lack it. Default true if there is a `stepMetric`. */
  readonly stepSync?: boolean;
};

/** A metric as the run's record holds it; plain JSON. */
export type MetricDefinition = {
  readonly name: string;
  readonly stepMetric?: string;
  readonly summary: readonly SummaryKind[];
  readonly goal?: "minimize" | "maximize";
  readonly hidden: boolean;
  readonly stepSync: boolean;
  /** False for a step metric without a definition of its own. */
  readonly isDefined: boolean;
};

/** The statistics of a metric whose summary is more than its last value. */
export type MetricTotals = {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
};

export function defineMetric(
  name: string,
  options: MetricOptions,
  isDefined: boolean,
): MetricDefinition {
  const { stepMetric, summary = [], goal, hidden = false, stepSync = true } = options;
  return {
    name,
    ...(stepMetric === undefined ? {} : { stepMetric }),
    summary: typeof summary === "string" ? [summary] : summary,
    ...(goal === undefined ? {} : { goal }),
    hidden,
    stepSync: stepSync && stepMetric !== undefined,
    isDefined,
  };
}

/** Whether a name is meant by a definition's, which may end in or hold `*`. */
export function matchesGlob(glob: string, name: string): boolean {
  const parts = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

export function addToTotals(totals: MetricTotals | undefined, value: number): MetricTotals {
  if (!totals) return { count: 1, sum: value, min: value, max: value, first: value, last: value };
  return {
    count: totals.count + 1,
    sum: totals.sum + value,
    min: Math.min(totals.min, value),
    max: Math.max(totals.max, value),
    first: totals.first,
    last: value,
  };
}

/** What the summary shows in place of the last value; nothing for `"none"`. */
export function summaryOf(
  { summary, goal }: MetricDefinition,
  totals: MetricTotals,
): { [key: string]: number } {
  const shown: { [key: string]: number } = {};
  for (const kind of summary) {
    if (kind === "mean") shown.mean = totals.sum / totals.count;
    else if (kind === "best") shown.best = goal === "maximize" ? totals.max : totals.min;
    else if (kind !== "none" && kind !== "copy") shown[kind] = totals[kind];
  }
  return shown;
}
