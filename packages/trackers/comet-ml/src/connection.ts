import type { FileMessage, MetricMessage, OtherMessage, ParameterMessage } from "./message.ts";

/** The experiment as the service knows it; another process goes on with it. */
export type ConnectionIdentity = {
  readonly protocol: "clientlib" | "rest";
  /** The experiment's key: with REST the service chooses it. */
  readonly key: string;
  readonly runId: string | null;
  readonly projectId: string | null;
  /** Whether the experiment was there before this recording. */
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
  /** Not repeatable: the service would count the points twice. */
  sendMetrics(metrics: readonly MetricMessage[], signal: AbortSignal): Promise<void>;
  sendParameters(parameters: readonly ParameterMessage[], signal: AbortSignal): Promise<void>;
  sendOther(other: OtherMessage, signal: AbortSignal): Promise<void>;
  addTags(tags: readonly string[], signal: AbortSignal): Promise<void>;
  upload(file: FileMessage, signal: AbortSignal): Promise<void>;
  /** @returns after how many milliseconds it wants to hear again, if it says. */
  reportAlive(isAlive: boolean, signal?: AbortSignal): Promise<number | undefined>;
  /** Says that the run ended with a failure. */
  reportCrash(): Promise<void>;
  /** Says when a run was that is told of afterwards. */
  reportTimes(startedMs: number | null, endedMs: number): Promise<void>;
  /** The points of one metric that the service has; empty if it does not say. */
  recordedPoints(name: string, signal: AbortSignal): Promise<RecordedPoint[]>;
}

export type RecordedPoint = {
  readonly metricValue?: string | number;
  readonly step?: number | null;
  readonly timestamp?: number;
};
