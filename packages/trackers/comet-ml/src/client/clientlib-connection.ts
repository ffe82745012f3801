import { gzipSync } from "node:zlib";
import { TrackerUnreachableError } from "@acc/core/tracker";
import type {
  FileOperation,
  GitOperation,
  MetricOperation,
  OtherOperation,
  OutputOperation,
  ParameterOperation,
} from "../operation.ts";
import type { CometConnection, ConnectionIdentity, RecordedPoint } from "./connection.ts";
import type { CometService } from "./service.ts";

/** The release of Comet's Python client whose requests these are. */
const LIB_VERSION = "3.58.8";

export type ClientlibOptions = {
  readonly service: CometService;
  readonly identity: ConnectionIdentity;
  /** Whether the values were logged by another process, perhaps long ago. */
  readonly isReplay: boolean;
};

/** The experiment to open, under a key that the client chooses. */
export type ClientlibExperiment = {
  readonly key: string;
  readonly projectName: string;
  readonly workspace: string | null;
  readonly isReplay: boolean;
};

type Beat = { readonly is_alive_beat_duration_millis?: unknown };
type Handshake = { readonly runId?: unknown; readonly project_id?: unknown };

/**
 * The protocol of Comet's Python client: batches, and keys that the client chooses. These addresses are not part of
 * Comet's documented interface, so only this module uses them.
 */
export class ClientlibConnection implements CometConnection {
  readonly metricsPerCall = 1000;
  readonly #options: ClientlibOptions;

  constructor(options: ClientlibOptions) {
    this.#options = options;
  }

  /** Makes a new experiment. @throws {ServiceError} with code 90999 if the key is taken. */
  static async create(
    service: CometService,
    { key, projectName, workspace, isReplay }: ClientlibExperiment,
    signal: AbortSignal,
  ): Promise<ClientlibConnection> {
    const request = {
      apiKey: service.apiKey,
      local_timestamp: Date.now(),
      experimentKey: key,
      offline: isReplay,
      projectName,
      teamName: workspace,
      libVersion: LIB_VERSION,
      getOrCreateEnabled: false,
    };
    const answer = await service.postJson<Handshake>("/clientlib/logger/add/run", request, signal);
    const identity = identityOf(key, answer, false);
    return new ClientlibConnection({ service, isReplay, identity });
  }

  /** Continues an experiment. @throws {ServiceError} if there is none of that key. */
  static async resume(
    service: CometService,
    { key, isReplay }: Pick<ClientlibExperiment, "key" | "isReplay">,
    signal: AbortSignal,
  ): Promise<ClientlibConnection> {
    const request = {
      apiKey: service.apiKey,
      local_timestamp: Date.now(),
      previousExperiment: key,
      libVersion: LIB_VERSION,
    };
    const answer = await service.postJson<Handshake>("/clientlib/logger/get/run", request, signal);
    const identity = identityOf(key, answer, true);
    return new ClientlibConnection({ service, isReplay, identity });
  }

  get identity(): ConnectionIdentity {
    return this.#options.identity;
  }

  async sendMetrics(metrics: readonly MetricOperation[], signal: AbortSignal): Promise<void> {
    const values = metrics.map(({ name, value, step, epoch, context, timestampMs }) => ({
      ...{ metricName: name, metricValue: value, step, epoch, context, timestamp: timestampMs },
    }));
    await this.#sendBatch("metric", values, signal);
  }

  async sendParameters(
    parameters: readonly ParameterOperation[],
    signal: AbortSignal,
  ): Promise<void> {
    const values = parameters.map(({ name, value, step, source, timestampMs }) => ({
      ...{ parameterName: name, parameterValue: value, step, source },
      ...{ context: null, timestamp: timestampMs },
    }));
    await this.#sendBatch("parameter", values, signal);
  }

  sendOther(other: OtherOperation, signal: AbortSignal): Promise<void> {
    return this.#options.service.sendOther(this.identity.key, other, signal);
  }

  sendGit(git: GitOperation, signal: AbortSignal): Promise<void> {
    return this.#options.service.sendGit(this.identity.key, git, signal);
  }

  async addTags(addedTags: readonly string[], signal: AbortSignal): Promise<void> {
    const { service } = this.#options;
    const request = { apiKey: service.apiKey, experimentKey: this.identity.key, addedTags };
    await service.post("/clientlib/tags/add-tags-to-experiment", request, { signal });
  }

  async sendOutput(lines: readonly OutputOperation[], signal: AbortSignal): Promise<void> {
    const { key: experimentKey } = this.identity;
    const outputLines = lines.map(({ text, isError, timestampMs, offset }) => ({
      ...{ stderr: isError, output: text, localTimestamp: timestampMs, offset },
    }));
    const request = { experimentKey, runContext: null, outputLines };
    const path = "/clientlib/rest/v2/write/experiment/output";
    await this.#options.service.post(path, request, { signal });
  }

  async upload(file: FileOperation, signal: AbortSignal): Promise<void> {
    const { key, runId, projectId } = this.identity;
    const query: Record<string, string> = { experimentId: key };
    for (const [name, value] of Object.entries({ ...file.params, projectId, runId })) {
      if (value !== null) query[name] = queryText(value);
    }
    const isImage = file.uploadType === "visualization";
    const path = isImage ? "/clientlib/visualizations/upload" : "/clientlib/asset/upload";
    await this.#options.service.upload(path, file, query, signal);
  }

  async reportAlive(isAlive: boolean, signal?: AbortSignal): Promise<number | undefined> {
    const { service, isReplay } = this.#options;
    const { key, runId, projectId } = this.identity;
    const request = {
      ...{ apiKey: service.apiKey, runId, experimentKey: key, projectId, is_alive: isAlive },
      ...{ local_timestamp: Date.now(), offline: isReplay },
    };
    const path = "/clientlib/status-report/update";
    const answer = await service.postJson<Beat>(path, request, signal);
    const beatMs = answer.is_alive_beat_duration_millis;
    if (typeof beatMs === "number") return beatMs;
    throw new TrackerUnreachableError(`Comet answered ${path} without the time of the next report`);
  }

  reportCrash(): Promise<void> {
    return this.#options.service.reportCrash(this.identity.key);
  }

  async reportTimes(startTimestamp: number | null, endTimestamp: number): Promise<void> {
    const { service } = this.#options;
    const { key, runId } = this.identity;
    await service.post("/clientlib/status-report/offline-metadata", {
      ...{ apiKey: service.apiKey, runId, experimentKey: key, startTimestamp, endTimestamp },
    });
  }

  recordedPoints(name: string, signal: AbortSignal): Promise<RecordedPoint[]> {
    return this.#options.service.recordedPoints(this.identity.key, name, signal);
  }

  async #sendBatch(
    kind: "metric" | "parameter",
    values: readonly object[],
    signal: AbortSignal,
  ): Promise<void> {
    const batch = { experimentKey: this.identity.key, values };
    await this.#options.service.post(`/clientlib/batch/logger/experiment/${kind}`, batch, {
      body: gzipSync(JSON.stringify(batch)),
      headers: { "content-encoding": "gzip" },
      signal,
    });
  }
}

function identityOf(key: string, answer: Handshake, isResumed: boolean): ConnectionIdentity {
  const { runId, project_id } = answer;
  if (typeof runId !== "string") {
    throw new TrackerUnreachableError("Comet answered the opening of the experiment without a run");
  }
  return {
    protocol: "clientlib",
    key,
    runId,
    projectId: typeof project_id === "string" ? project_id : null,
    isResumed,
  };
}

/** As Python writes values into a query. */
function queryText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
