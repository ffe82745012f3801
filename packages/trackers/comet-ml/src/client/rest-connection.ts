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

const ROOT = "/api/rest/v2";

type Created = { readonly experimentKey?: unknown };
type Beat = { readonly isAliveBeatDurationMillis?: unknown; readonly code?: unknown };
type Account = { readonly defaultWorkspaceName?: unknown };

/**
 * Comet's documented REST interface: one point per request, and the service chooses the key of a new experiment.
 * For services that do not have the addresses of Comet's Python client.
 */
export class RestConnection implements CometConnection {
  /** Most points for which it is unknown, after an interruption, whether they were recorded. */
  readonly metricsPerCall = 100;
  readonly identity: ConnectionIdentity;
  readonly #service: CometService;

  constructor(service: CometService, identity: ConnectionIdentity) {
    this.#service = service;
    this.identity = identity;
  }

  static async create(
    service: CometService,
    { projectName, workspace }: { readonly projectName: string; readonly workspace: string | null },
    signal: AbortSignal,
  ): Promise<RestConnection> {
    const workspaceName = workspace ?? (await defaultWorkspace(service, signal));
    const path = `${ROOT}/write/experiment/create`;
    const request = { workspaceName, projectName };
    const { experimentKey } = await service.postJson<Created>(path, request, signal);
    if (typeof experimentKey !== "string") {
      throw new TrackerUnreachableError(`Comet made no experiment: ${path} answered no key`);
    }
    return new RestConnection(service, identityOf(experimentKey, false));
  }

  /** @throws {ServiceError} if there is no experiment of that key. */
  static async resume(
    service: CometService,
    experimentKey: string,
    signal: AbortSignal,
  ): Promise<RestConnection> {
    const path = `${ROOT}/experiment/metadata`;
    const found = await service.getJson<Created>(path, { experimentKey }, signal);
    if (typeof found.experimentKey !== "string") {
      throw new TrackerUnreachableError(`Comet answered ${path} without the experiment`);
    }
    return new RestConnection(service, identityOf(experimentKey, true));
  }

  async sendMetrics(metrics: readonly MetricOperation[], signal: AbortSignal): Promise<void> {
    for (const { name, value, step, epoch, context, timestampMs } of metrics) {
      const point = { metricName: name, metricValue: value, timestamp: timestampMs };
      await this.#write("metric", { ...point, ...present({ step, epoch, context }) }, signal);
    }
  }

  async sendParameters(
    parameters: readonly ParameterOperation[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const { name, value, step, timestampMs } of parameters) {
      const isScalar = value === null || typeof value !== "object";
      const parameterValue = isScalar ? value : JSON.stringify(value);
      const parameter = { parameterName: name, parameterValue, timestamp: timestampMs };
      await this.#write("parameter", { ...parameter, ...present({ step }) }, signal);
    }
  }

  sendOther(other: OtherOperation, signal: AbortSignal): Promise<void> {
    return this.#service.sendOther(this.identity.key, other, signal);
  }

  sendGit(git: GitOperation, signal: AbortSignal): Promise<void> {
    return this.#service.sendGit(this.identity.key, git, signal);
  }

  addTags(addedTags: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#write("tags", { addedTags }, signal);
  }

  async sendOutput(lines: readonly OutputOperation[], signal: AbortSignal): Promise<void> {
    for (const { text, isError, timestampMs } of lines) {
      const line = { output: text, stderr: isError, timestamp: timestampMs };
      await this.#write("output", line, signal);
    }
  }

  async upload(file: FileOperation, signal: AbortSignal): Promise<void> {
    const { fileName, figName, extension, step, context } = file.params;
    const isImage = file.uploadType === "visualization";
    const query: Record<string, string> = { experimentKey: this.identity.key };
    const params = {
      fileName: fileName ?? figName,
      type: isImage ? "image" : file.uploadType,
      ...{ step, context, extension: extension ?? (isImage ? "png" : undefined) },
    };
    for (const [name, value] of Object.entries(present(params))) query[name] = String(value);
    await this.#service.upload(`${ROOT}/write/experiment/upload-asset`, file, query, signal);
  }

  async reportAlive(isAlive: boolean, signal?: AbortSignal): Promise<number | undefined> {
    const path = `${ROOT}/write/experiment/${isAlive ? "set-status" : "stop"}`;
    const query = { experimentKey: this.identity.key };
    const answer = await this.#service.getJson<Beat>(path, query, signal);
    const beatMs = answer.isAliveBeatDurationMillis;
    if (typeof beatMs === "number") return beatMs;
    if (answer.code === 200) return undefined;
    throw new TrackerUnreachableError(`Comet did not say that it took ${path}`);
  }

  reportCrash(): Promise<void> {
    return this.#service.reportCrash(this.identity.key);
  }

  reportTimes(startTimeMillis: number | null, endTimeMillis: number): Promise<void> {
    return this.#write("set-start-end-time", { ...present({ startTimeMillis }), endTimeMillis });
  }

  recordedPoints(name: string, signal: AbortSignal): Promise<RecordedPoint[]> {
    return this.#service.recordedPoints(this.identity.key, name, signal);
  }

  async #write(what: string, values: object, signal?: AbortSignal): Promise<void> {
    const request = { experimentKey: this.identity.key, ...values };
    await this.#service.post(`${ROOT}/write/experiment/${what}`, request, signal ? { signal } : {});
  }
}

async function defaultWorkspace(service: CometService, signal: AbortSignal): Promise<string> {
  const account = await service.getJson<Account>(`${ROOT}/account-details`, {}, signal);
  const { defaultWorkspaceName } = account;
  if (typeof defaultWorkspaceName === "string") return defaultWorkspaceName;
  throw new TrackerUnreachableError("Comet names no workspace for this key: set COMET_WORKSPACE", {
    permanent: true,
  });
}

function identityOf(key: string, isResumed: boolean): ConnectionIdentity {
  return { protocol: "rest", key, runId: null, projectId: null, isResumed };
}

/** The object without members that are null or undefined. */
function present(values: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => (value ?? null) !== null));
}
