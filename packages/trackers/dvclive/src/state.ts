import type { LogValue } from "@acc/core/tracker";
import type { SavedPath } from "@acc/tracker-kit";
import type { SummaryEntries } from "./format/summary.ts";

/** The file of one metric, with the part that is known to be written. */
export type MetricFile = {
  /** Path below `plots/metrics`, without suffix. */
  readonly name: string;
  /** Bytes; any further bytes come from a delivery that did not complete. */
  size: number;
  /** CRC-32 of those bytes: shows whether it is still this run's file. */
  crc: number;
  hasTimestamps: boolean;
};

/** Path of a metric's file below the run's folder. */
export function metricPath({ name }: Pick<MetricFile, "name">): string {
  return `plots/metrics/${name}.tsv`;
}

/** A plot with the options that `dvc.yaml` has for it. */
export type LivePlot = {
  /** Path below the folder of the run. */
  readonly path: string;
  readonly options?: { readonly [name: string]: LogValue };
};

/** Values that determine how the next event is recorded; plain JSON, with which another process continues. */
export type LiveState = {
  /** Working directory of the run. */
  root: SavedPath;
  /** Folder of the run's files. */
  folder: SavedPath;
  /** Whether the folder is this run's: cleared, or taken over from an earlier one. */
  isPrepared: boolean;
  /** The step of the next values; null until there was one. */
  step: number | null;
  summary: SummaryEntries;
  /** By the key that the user gave. */
  metrics: [key: string, file: MetricFile][];
  plots: LivePlot[];
  /** Whether it continues what an earlier process recorded in the folder. */
  isResumed: boolean;
  hasParams: boolean;
  hasImages: boolean;
  /** Entries of `artifacts` in `dvc.yaml`, by name. */
  artifacts: [name: string, fields: { readonly [name: string]: LogValue }][];
  /** Paths below the folder of the run that `dvc add` is to track. */
  toAdd: string[];
  /** Whether the run was closed; another run may use its files since then. */
  isFinished: boolean;
};

/** @param places working directory and folder of the run. */
export function newState(places: Pick<LiveState, "root" | "folder">): LiveState {
  return {
    ...places,
    isPrepared: false,
    step: null,
    summary: [],
    metrics: [],
    plots: [],
    isResumed: false,
    hasParams: false,
    hasImages: false,
    artifacts: [],
    toAdd: [],
    isFinished: false,
  };
}
