import type { Alert } from "./format/alert.ts";
import type { ArtifactRequest } from "./format/artifact.ts";
import type { RunFile } from "./format/media.ts";
import type { MetricDefinition } from "./format/metric-definition.ts";
import type { Row } from "./format/row.ts";

/**
 * The changes that a delivery makes to a run. W&B takes rows, files and summary of a delivery together, so a delivery
 * is one operation. It can be repeated: rows have numbers, files names, artifacts ids that the tracker makes.
 */
export type Operation = {
  /** The whole configuration: JSON text by name. */
  readonly config: ReadonlyMap<string, string>;
  /** Names in it that changed. */
  readonly changedConfig: ReadonlySet<string>;
  /** All definitions of metrics. */
  readonly metrics: readonly MetricDefinition[];
  readonly addedMetrics: readonly MetricDefinition[];
  readonly files: readonly RunFile[];
  readonly artifacts: readonly ArtifactRequest[];
  readonly rows: readonly { readonly step: number; readonly row: Row }[];
  /** The whole summary. */
  readonly summary: Row;
  /** Its values that changed. */
  readonly changedSummary: Row;
  readonly alerts: readonly Alert[];
  /** Samples of the machine's load. */
  readonly stats: readonly Stats[];
  /** Lines of the console. */
  readonly output: readonly OutputLine[];
  /** Whole seconds from the begin of the run to its last row. */
  readonly runtimeSeconds: number;
  /** Set at the end of the run. */
  readonly exitCode: number | undefined;
};

/** A sample of the machine's load, by W&B's names. */
export type Stats = {
  readonly timeMs: number;
  /** From the begin of the run. */
  readonly runtimeSeconds: number;
  readonly values: { readonly [name: string]: number };
};

/** A line of the console. */
export type OutputLine = {
  readonly text: string;
  readonly isError: boolean;
  readonly timeMs: number;
};
