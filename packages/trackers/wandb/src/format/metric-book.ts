import {
  addToTotals,
  defineMetric,
  type MetricDefinition,
  type MetricOptions,
  type MetricTotals,
  matchesGlob,
  summaryOf,
} from "./metric-definition.ts";
import type { Row } from "./row.ts";

/** Plain form of a book. */
export type MetricBookState = {
  readonly definitions: readonly MetricDefinition[];
  readonly totals: readonly (readonly [name: string, totals: MetricTotals])[];
};

export const NO_METRICS: MetricBookState = { definitions: [], totals: [] };

/** The defined metrics, and the statistics of those whose summary is more than the last value. */
export class MetricBook {
  readonly #definitions: MetricDefinition[];
  readonly #totals: Map<string, MetricTotals>;
  readonly #added: MetricDefinition[] = [];

  constructor({ definitions, totals }: MetricBookState) {
    this.#definitions = [...definitions];
    this.#totals = new Map(totals);
  }

  get definitions(): readonly MetricDefinition[] {
    return this.#definitions;
  }

  /** Definitions of real names that came since this object was made. */
  get added(): readonly MetricDefinition[] {
    return this.#added;
  }

  state(): MetricBookState {
    return { definitions: this.#definitions, totals: [...this.#totals] };
  }

  define(name: string, options: MetricOptions): void {
    this.#add(defineMetric(name, options, true));
    const { stepMetric } = options;
    if (stepMetric !== undefined && !this.#has(stepMetric)) {
      this.#add(defineMetric(stepMetric, {}, false));
    }
  }

  /** Gives a row the step metrics that it lacks, from the summary so far. */
  complete(row: Row, summary: Row): void {
    this.#expandGlobs(row);
    for (const { name, stepMetric, stepSync } of this.#definitions) {
      if (!stepSync || stepMetric === undefined) continue;
      if (row.text(name) === undefined || row.text(stepMetric) !== undefined) continue;
      const last = summary.text(stepMetric);
      if (last !== undefined) row.setText(stepMetric, last);
    }
  }

  /**
   * The row as the summary holds it: without nulls, and with the values that definitions ask for instead of the last
   * value.
   */
  summarize(row: Row): Row {
    const shown = row.withoutNulls();
    for (const metric of this.#definitions) {
      const text = metric.summary.length > 0 ? row.text(metric.name) : undefined;
      const value = Number(text);
      if (text === undefined || !Number.isFinite(value)) continue;
      const totals = addToTotals(this.#totals.get(metric.name), value);
      this.#totals.set(metric.name, totals);
      const summary = summaryOf(metric, totals);
      if (Object.keys(summary).length === 0) shown.delete(metric.name);
      else shown.set(metric.name, summary);
    }
    return shown;
  }

  /** One definition per real name: some versions of W&B's server side ignore globs. */
  #expandGlobs(row: Row): void {
    for (const key of row.keys()) {
      if (this.#has(key)) continue;
      const glob = this.#definitions.find(
        ({ name }) => name.includes("*") && matchesGlob(name, key),
      );
      if (glob && glob.stepMetric !== key) this.#add({ ...glob, name: key });
    }
  }

  #has(name: string): boolean {
    return this.#definitions.some((metric) => metric.name === name);
  }

  #add(metric: MetricDefinition): void {
    const at = this.#definitions.findIndex(({ name }) => name === metric.name);
    if (at < 0) this.#definitions.push(metric);
    else this.#definitions[at] = metric;
    // Undefined metrics are left to the upload, as W&B's own client does.
    if (metric.isDefined && !metric.name.includes("*")) this.#added.push(metric);
  }
}
