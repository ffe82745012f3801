import { type FinishStatus, TrackerUnreachableError } from "@acc/core";
import type { CometService } from "./comet-service.ts";
import type { CometConnection, ConnectionIdentity } from "./connection.ts";
import type { Destination } from "./destination.ts";
import { Heartbeat } from "./heartbeat.ts";
import {
  type CometMessage,
  type FileMessage,
  isBefore,
  type MetricMessage,
  type OtherMessage,
  type ParameterMessage,
  type Position,
} from "./message.ts";
import { openConnection } from "./open-connection.ts";
import { RateLimit } from "./rate-limit.ts";
import { withoutRecorded } from "./recorded-filter.ts";
import type { CometSettings } from "./settings.ts";

/** How far the service got. */
export type OnlineState = {
  readonly identity: ConnectionIdentity | null;
  /** The experiment is being made: it may exist although its answer was lost. */
  readonly isOpening: boolean;
  /** The first metric that was not sent. Everything else can be sent twice without a difference. */
  readonly nextMetric: Position;
  readonly isFinished: boolean;
};

export type OnlineDeliveryOptions = {
  readonly service: CometService;
  readonly settings: CometSettings;
  readonly isReplay: boolean;
  readonly startedMs: number;
  readonly state: OnlineState | undefined;
  save(state: OnlineState): Promise<void>;
};

const MINUTE_MS = 60_000;
/** What Comet documents for one experiment and minute. */
const METRICS_PER_MINUTE = 12_000;
const PARAMETERS_PER_MINUTE = 10_000;
const OTHERS_PER_MINUTE = 8000;
const PARAMETERS_PER_CALL = 1500;
const UPLOADS_AT_ONCE = 4;

const START: OnlineState = {
  ...{ identity: null, isOpening: false, isFinished: false },
  nextMetric: { sequence: -1, index: 0 },
};

/** Sends messages to the service: points in batches and once each, the rest so that a repetition changes nothing. */
export class OnlineDelivery implements Destination {
  readonly #options: OnlineDeliveryOptions;
  readonly #heartbeat = new Heartbeat(async () => this.#connection?.reportAlive(true));
  readonly #metricRate = new RateLimit(METRICS_PER_MINUTE, MINUTE_MS);
  readonly #parameterRate = new RateLimit(PARAMETERS_PER_MINUTE, MINUTE_MS);
  readonly #otherRate = new RateLimit(OTHERS_PER_MINUTE, MINUTE_MS);
  #state: OnlineState;
  #connection: CometConnection | undefined;
  /** Points from `nextMetric` on that an interrupted request may have brought. */
  #inDoubt: number;

  constructor(options: OnlineDeliveryOptions) {
    this.#options = options;
    this.#state = options.state ?? START;
    this.#inDoubt = this.#state.identity ? Number.POSITIVE_INFINITY : 0;
  }

  /** The experiment's key at the service, once it is known. */
  get key(): string | undefined {
    return this.#state.identity?.key;
  }

  state(): { readonly online: OnlineState } {
    return { online: this.#state };
  }

  async send(messages: readonly CometMessage[], signal: AbortSignal): Promise<void> {
    const connection = await this.#connect(signal);
    const { metrics, parameters, others, tags, files } = sortMessages(messages);
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
    for (const batch of chunks(files, UPLOADS_AT_ONCE)) {
      await Promise.all(batch.map((file) => connection.upload(file, signal)));
    }
  }

  async flush(): Promise<void> {}

  async finish(status: FinishStatus, endedMs: number): Promise<void> {
    this.#heartbeat.stop();
    if (this.#state.isFinished) return;
    const connection = await this.#connect(new AbortController().signal);
    this.#heartbeat.stop();
    if (status === "failure") await connection.reportCrash();
    await connection.reportAlive(false);
    if (this.#options.isReplay) {
      const startedMs = connection.identity.isResumed ? null : this.#options.startedMs;
      await connection.reportTimes(startedMs, endedMs);
    }
    await this.#change({ isFinished: true });
  }

  async #connect(signal: AbortSignal): Promise<CometConnection> {
    if (this.#connection) return this.#connection;
    const { service, settings, isReplay } = this.#options;
    const { identity, isOpening } = this.#state;
    // Whoever chose the key may have chosen that of another run: only an attempt of ours makes it ours.
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
    if (beatMs) this.#heartbeat.start(beatMs);
    return connection;
  }

  async #sendMetrics(
    connection: CometConnection,
    all: readonly MetricMessage[],
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
      const { sequence, index } = (batch.at(-1) as MetricMessage).position;
      await this.#change({ nextMetric: { sequence, index: index + 1 } });
    }
  }

  async #change(change: Partial<OnlineState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#options.save(this.#state);
  }
}

/** Messages by kind. Of parameters and others the service keeps the last, so only that is sent. */
function sortMessages(messages: readonly CometMessage[]): {
  readonly metrics: MetricMessage[];
  readonly parameters: ParameterMessage[];
  readonly others: OtherMessage[];
  readonly tags: string[];
  readonly files: FileMessage[];
} {
  const metrics: MetricMessage[] = [];
  const parameters = new Map<string, ParameterMessage>();
  const others = new Map<string, OtherMessage>();
  const tags = new Set<string>();
  const files: FileMessage[] = [];
  for (const message of messages) {
    switch (message.type) {
      case "metric":
        metrics.push(message);
        break;
      case "parameter":
        parameters.set(JSON.stringify([message.name, message.source]), message);
        break;
      case "other":
        others.set(message.key, message);
        break;
      case "tags":
        for (const tag of message.tags) tags.add(tag);
        break;
      case "file":
        files.push(message);
        break;
      default:
        message satisfies never;
    }
  }
  return {
    ...{ metrics, parameters: [...parameters.values()], others: [...others.values()] },
    ...{ tags: [...tags], files },
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}
