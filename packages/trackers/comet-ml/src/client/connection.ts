import type {
  FileOperation,
  GitOperation,
  MetricOperation,
  OtherOperation,
  OutputOperation,
  ParameterOperation,
} from "../operation.ts";

/** The experiment as the service knows it; it is saved, so that another process can continue it. */
export type ConnectionIdentity = {
  readonly protocol: "clientlib" | "rest";
  /** The experiment's key: with REST the service chooses it. */
  readonly key: string;
  readonly runId: string | null;
  readonly projectId: string | null;
  /** Whether the experiment existed before this run. */
  readonly isResumed: boolean;
};

/**
 * An experiment at the service. Every call is one attempt.
 *
 * @throws {TrackerUnreachableError} from every call, if the service cannot be reached, is overloaded, or refuses the key.
 * @throws {ServiceError} from every call, if it refuses what is sent.
 */
export interface CometConnection {
  readonly identity: ConnectionIdentity;
  /** How many metrics one call of `sendMetrics` may take. */
  readonly metricsPerCall: number;
  /** Not idempotent: the service would count the points twice. */
  sendMetrics(metrics: readonly MetricOperation[], signal: AbortSignal): Promise<void>;
  sendParameters(parameters: readonly ParameterOperation[], signal: AbortSignal): Promise<void>;
  sendOther(other: OtherOperation, signal: AbortSignal): Promise<void>;
  sendGit(git: GitOperation, signal: AbortSignal): Promise<void>;
  addTags(tags: readonly string[], signal: AbortSignal): Promise<void>;
  /** Lines of the console: a service that gets one again knows it by its offset. */
  sendOutput(lines: readonly OutputOperation[], signal: AbortSignal): Promise<void>;
  upload(file: FileOperation, signal: AbortSignal): Promise<void>;
  /** @returns after how many milliseconds the service expects the next report, if it gives a time. */
  reportAlive(isAlive: boolean, signal?: AbortSignal): Promise<number | undefined>;
  /** Reports that the run ended with a failure. */
  reportCrash(): Promise<void>;
  /** Reports the times of a run that is delivered later. */
  reportTimes(startedMs: number | null, endedMs: number): Promise<void>;
  /** The points of one metric that the service has; empty if it does not know the metric. */
  recordedPoints(name: string, signal: AbortSignal): Promise<RecordedPoint[]>;
}

export type RecordedPoint = {
  readonly metricValue?: string | number;
  readonly step?: number | null;
  readonly timestamp?: number;
};
