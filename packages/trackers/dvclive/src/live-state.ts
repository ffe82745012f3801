import type { LogValue } from "@acc/core";
import type { SummaryEntries } from "./summary.ts";

/** The file of one metric, as far as it is known to be written. */
export type MetricFile = {
  /** Path below `plots/metrics`, without suffix. */
  readonly name: string;
  /** Bytes; what is beyond comes from a delivery that did not complete. */
  size: number;
  /** CRC-32 of those bytes: tells whether it is still this run's file. */
  crc: number;
  hasTimestamps: boolean;
};

/** A plot with the options that `dvc.yaml` says. */
export type LivePlot = {
  /** Path below the folder of the run. */
  readonly path: string;
  readonly options?: { readonly [name: string]: LogValue };
};

/** All that decides the recorded form, as plain JSON: another process goes on from it. */
export type LiveState = {
  /** Working directory of the run, relative to the tracker's folder, so that both can be moved together. */
  root: string;
  /** Whether the folder is this run's: cleared, or taken over from an earlier one. */
  isPrepared: boolean;
  /** The step of the next values; null until there was one. */
  step: number | null;
  summary: SummaryEntries;
  /** By the key that the user gave. */
  metrics: [key: string, file: MetricFile][];
  plots: LivePlot[];
  /** Whether it goes on with what an earlier process recorded in the folder. */
  isResumed: boolean;
  hasParams: boolean;
  hasImages: boolean;
  /** Entries of `artifacts` in `dvc.yaml`, by name. */
  artifacts: [name: string, fields: { readonly [name: string]: LogValue }][];
  /** Paths below the folder of the run that `dvc add` is to track. */
  toAdd: string[];
  /** Whether the run was closed; others may have gone on with its files since. */
  isFinished: boolean;
};

export function newState(root: string): LiveState {
  return {
    ...{ root, step: null, summary: [], metrics: [], plots: [], artifacts: [], toAdd: [] },
    ...{
      isPrepared: false,
      isResumed: false,
      hasParams: false,
      hasImages: false,
      isFinished: false,
    },
  };
}
