import type { LogContext } from "./log-value.ts";

/** How busy the machine, this process and its replicas were since the sample before. */
export type SystemSample = {
  /** Of all cores together: 0 to 100. */
  readonly cpuPercent: number;
  /** Of each core: 0 to 100. */
  readonly cores: readonly number[];
  /** Programs that ran or waited for a core, over the last minute; 0 on Windows. */
  readonly loadAverage: number;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  /** Of the disk with the working directory; undefined if it is unknown. */
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | undefined;
  readonly process: {
    /** 100 for each core that is busy with it. */
    readonly cpuPercent: number;
    readonly rssBytes: number;
    /** Threads of the operating system; undefined where it does not say. */
    readonly threads: number | undefined;
  };
  /** The thread of each replica, where the operating system knows it: `cpuPercent` is 0 to 100. */
  readonly replicas: readonly { readonly rank: number; readonly cpuPercent: number }[];
  /** Of each rank, in their order. Absent in journals of older versions. */
  readonly paces?: readonly RankPace[];
};

/** How a rank spent its time since the sample before. What is neither waiting nor loading is computing, or rest. */
export type RankPace = {
  /** Batches of prepared loaders, and of `fit`, that it began. */
  readonly batchesPerSecond: number;
  /** In which it was blocked until other ranks came: 0 to 100. */
  readonly waitingPercent: number;
  /** In which its loop had no batch yet: 0 to 100. */
  readonly loadingPercent: number;
};

/** A line that the script printed, without colours and known keys. */
export type ConsoleLine = {
  readonly text: string;
  readonly timeMs: number;
  /** Whether it was written to stderr. */
  readonly isError: boolean;
  /** Absent if the run has one replica. */
  readonly rank?: number;
};

/**
 * What a tracker records by itself if the user does not say: the load of the machine, and what the script prints. `false`: only
 * if the user asks for it. Absent: it has no place for it.
 */
export type Monitored = { readonly system?: boolean; readonly console?: boolean };

/** What the host observes of a run. It is posted by no replica, and goes through the journal as all events do. */
export type MonitorEvent = {
  readonly target?: undefined;
  readonly logOptions?: undefined;
  /** The names of the trackers that get it. */
  readonly to: readonly string[];
  readonly context: LogContext;
} & (
  | { readonly type: "system"; readonly sample: SystemSample }
  | { readonly type: "console"; readonly lines: readonly ConsoleLine[] }
);
