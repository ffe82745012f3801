import { type FinishStatus, TrackerUnreachableError } from "@acc/core/tracker";
import { concerningRun, Heartbeat, type SendOptions, ServiceError } from "@acc/tracker-kit";
import type { CometConnection } from "./client/connection.ts";
import { openConnection } from "./client/open-connection.ts";
import { RateLimit } from "./client/rate-limit.ts";
import { withoutRecorded } from "./client/recorded-filter.ts";
import type { CometService } from "./client/service.ts";
import {
  type FileOperation,
  type GitOperation,
  isBefore,
  type MetricOperation,
  type Operation,
  type OtherOperation,
  type OutputOperation,
  type ParameterOperation,
} from "./operation.ts";
import type { CometSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import type { OnlineState } from "./state.ts";

export type OnlineSinkOptions = {
  readonly service: CometService;
  readonly settings: CometSettings;
  readonly isReplay: boolean;
  readonly startedMs: number;
  readonly state: OnlineState | undefined;
  save(state: OnlineState): Promise<void>;
};

const MINUTE_MS = 60_000;
/** Comet's documented limits for one experiment and minute. */
const METRICS_PER_MINUTE = 12_000;
const PARAMETERS_PER_MINUTE = 10_000;
const OTHERS_PER_MINUTE = 8000;
const PARAMETERS_PER_CALL = 1500;
const LINES_PER_CALL = 1000;
const UPLOADS_AT_ONCE = 4;

const START: OnlineState = {
  identity: null,
  isOpening: false,
  isFinished: false,
  nextMetric: { sequence: -1, index: 0 },
};

/** An experiment at the service. Points are sent in batches and once each; everything else is idempotent. */
export class OnlineSink implements Sink {
  readonly #options: OnlineSinkOptions;
  readonly #heartbeat = new Heartbeat();
  readonly #metricRate = new RateLimit(METRICS_PER_MINUTE, MINUTE_MS);
  readonly #parameterRate = new RateLimit(PARAMETERS_PER_MINUTE, MINUTE_MS);
  readonly #otherRate = new RateLimit(OTHERS_PER_MINUTE, MINUTE_MS);
  #state: OnlineState;
  #connection: CometConnection | undefined;
  /** Number of points from `nextMetric` on that an interrupted request may have recorded. */
  #inDoubt: number;

  constructor(options: OnlineSinkOptions) {
    this.#options = options;
    this.#state = options.state ?? START;
    this.#inDoubt = this.#state.identity ? Number.POSITIVE_INFINITY : 0;
  }

  /** The experiment's key at the service, once it is known. */
  get key(): string | undefined {
    return this.#state.identity?.key;
  }

  get state(): { readonly online: OnlineState } {
    return { online: this.#state };
  }

  async send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    const { signal } = options;
    const connection = await this.#connect(signal);
    const { metrics, parameters, others, tags, git, files, output } = sortOperations(operations);
    if (git) await this.#sendGit(connection, git, options);
    for (const other of others) {
      await this.#otherRate.take(1, signal);
      await connection.sendOther(other, signal);
    }
    if (tags.length > 0) await connection.addTags(tags, signal);
    for (const batch of chunks(parameters, PARAMETERS_PER_CALL)) {
      await this.#parameterRate.take(batch.length, signal);
      await connection.sendParameters(batch, signal);
    }
    await this.#sendMetrics(connection, metrics, signal);
    for (const batch of chunks(output, LINES_PER_CALL)) await connection.sendOutput(batch, signal);
    for (const batch of chunks(files, UPLOADS_AT_ONCE)) {
      await Promise.all(batch.map((file) => connection.upload(file, signal)));
    }
  }

  async flush(): Promise<void> {}

  /** Services that do not know git record everything else. */
  async #sendGit(
    connection: CometConnection,
    git: GitOperation,
    { signal, leaveOut }: SendOptions,
  ): Promise<void> {
    try {
      await connection.sendGit(git, signal);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      leaveOut("the state of the git checkout", error.message);
    }
  }

  async finish(status: FinishStatus, endedMs: number): Promise<void> {
    this.#heartbeat.stop();
    if (this.#state.isFinished) return;
    const connection = await this.#connect(new AbortController().signal);
    this.#heartbeat.stop();
    await concerningRun(
      this.#close(connection, status, endedMs),
      (refusal) => `The experiment cannot be closed. ${refusal}`,
    );
    await this.#change({ isFinished: true });
  }

  async #close(connection: CometConnection, status: FinishStatus, endedMs: number): Promise<void> {
    if (status === "failure") await connection.reportCrash();
    await connection.reportAlive(false);
    if (!this.#options.isReplay) return;
    const startedMs = connection.identity.isResumed ? null : this.#options.startedMs;
    await connection.reportTimes(startedMs, endedMs);
  }

  async #connect(signal: AbortSignal): Promise<CometConnection> {
    if (this.#connection) return this.#connection;
    const { service, settings, isReplay } = this.#options;
    const { identity, isOpening } = this.#state;
    // The key may be that of another run: an experiment is ours only if we tried to make it.
    if (!identity && !isOpening) await this.#change({ isOpening: true });
    const previous = identity ?? undefined;
    let connection: CometConnection;
    try {
      const options = { service, settings, isReplay, previous, mayExist: isOpening };
      connection = await openConnection(options, signal);
    } catch (error) {
      const isRefused = error instanceof TrackerUnreachableError && error.permanent;
      if (isRefused && !identity && !isOpening) await this.#change({ isOpening: false });
      throw error;
    }
    await this.#change({ identity: connection.identity, isOpening: false });
    const beatMs = await connection.reportAlive(true, signal);
    this.#connection = connection;
    if (beatMs) {
      this.#heartbeat.start({ everyMs: beatMs, beat: () => connection.reportAlive(true) });
    }
    return connection;
  }

  async #sendMetrics(
    connection: CometConnection,
    all: readonly MetricOperation[],
    signal: AbortSignal,
  ): Promise<void> {
    const metrics = all.filter(({ position }) => !isBefore(position, this.#state.nextMetric));
    this.#inDoubt = Math.min(this.#inDoubt, connection.metricsPerCall);
    for (const batch of chunks(metrics, connection.metricsPerCall)) {
      const doubtful = batch.slice(0, this.#inDoubt);
      const missing = [
        ...(await withoutRecorded(connection, doubtful, signal)),
        ...batch.slice(doubtful.length),
      ];
      await this.#metricRate.take(missing.length, signal);
      try {
        if (missing.length > 0) await connection.sendMetrics(missing, signal);
      } catch (error) {
        this.#inDoubt = connection.metricsPerCall;
        throw error;
      }
      this.#inDoubt -= doubtful.length;
      const { sequence, index } = (batch.at(-1) as MetricOperation).position;
      await this.#change({ nextMetric: { sequence, index: index + 1 } });
    }
  }

  async #change(change: Partial<OnlineState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#options.save(this.#state);
  }
}

/** Operations by kind. The service keeps the last value of a parameter or other, so only the last is sent. */
function sortOperations(operations: readonly Operation[]): {
  readonly metrics: MetricOperation[];
  readonly parameters: ParameterOperation[];
  readonly others: OtherOperation[];
  readonly tags: string[];
  readonly git: GitOperation | undefined;
  readonly files: FileOperation[];
  readonly output: OutputOperation[];
} {
  const metrics: MetricOperation[] = [];
  const parameters = new Map<string, ParameterOperation>();
  const others = new Map<string, OtherOperation>();
  const tags = new Set<string>();
  let git: GitOperation | undefined;
  const files: FileOperation[] = [];
  const output: OutputOperation[] = [];
  for (const operation of operations) {
    switch (operation.kind) {
      case "metric":
        metrics.push(operation);
        break;
      case "parameter":
        parameters.set(JSON.stringify([operation.name, operation.source]), operation);
        break;
      case "other":
        others.set(operation.key, operation);
        break;
      case "tags":
        for (const tag of operation.tags) tags.add(tag);
        break;
      case "file":
        files.push(operation);
        break;
      case "git":
        git = operation;
        break;
      case "output":
        output.push(operation);
        break;
      default:
        operation satisfies never;
    }
  }
  return {
    metrics,
    parameters: [...parameters.values()],
    others: [...others.values()],
    tags: [...tags],
    ...{ git, files, output },
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}
