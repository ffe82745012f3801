import { TrackerUnreachableError } from "@acc/core/tracker";
import { type HttpRequest, HttpService, isTransientStatus } from "@acc/tracker-kit";
import type { DatasetInput, KeyText, MetricPoint, RunStatus } from "../operation.ts";
import type { Batch } from "./batch.ts";
import type { Connection } from "./connection.ts";
import { Refusal, refusalOf } from "./refusal.ts";

export type Experiment = { readonly id: string; readonly isDeleted: boolean };

export type ServerRun = {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
  readonly isDeleted: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: readonly KeyText[];
  /** The last point of each metric. */
  readonly metrics: readonly MetricPoint[];
  /** Ids of the logged models that it made. */
  readonly modelIds: readonly string[];
};

export type RunCreation = {
  readonly experimentId: string;
  readonly runName: string | undefined;
  readonly userId: string | undefined;
  readonly startTimeMs: number;
  readonly tags: Readonly<Record<string, string>>;
};

type RunMessage = {
  readonly info?: {
    readonly run_id?: string;
    /** Name of the id at old servers. */
    readonly run_uuid?: string;
    readonly experiment_id?: string | number;
    readonly artifact_uri?: string;
    readonly lifecycle_stage?: string;
  };
  readonly data?: {
    readonly tags?: readonly KeyText[];
    readonly params?: readonly KeyText[];
    readonly metrics?: readonly MetricPoint[];
  };
  readonly outputs?: { readonly model_outputs?: readonly { readonly model_id?: string }[] };
};

const API = "/api/2.0/mlflow";
const AUTH_ADVICE =
  "check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, and run `acc sync`";

/**
 * The part of MLflow's REST interface 2.0 that a run needs. A request that may succeed later throws
 * `TrackerUnreachableError`, a refused one `Refusal`. All strings and numbers must be storable (`format/storable-text.ts`): at
 * the first field that it cannot read, the server ignores the rest of a message and still answers 200.
 */
export class MlflowClient {
  readonly #service: HttpService;
  /** The server answers 500 also to a file that it can never store, so `put` throws it as `ServiceError`. */
  readonly #uploads: HttpService;
  readonly #signal: AbortSignal | undefined;

  constructor({ trackingUri, headers }: Connection, signal?: AbortSignal) {
    const options = {
      name: "MLflow",
      baseUrl: trackingUri,
      headers: () => headers,
      authAdvice: AUTH_ADVICE,
    };
    this.#service = new HttpService({
      ...options,
      isTransient: (status) => isTransientStatus(status) && status !== 501,
    });
    this.#uploads = new HttpService({
      ...options,
      isTransient: (status) => isTransientStatus(status) && status !== 500 && status !== 501,
    });
    this.#signal = signal;
  }

  get trackingUri(): string {
    return this.#service.baseUrl;
  }

  async findExperiment(name: string): Promise<Experiment | undefined> {
    const query = { experiment_name: name };
    try {
      const { experiment } = await this.call<{
        experiment?: { experiment_id?: string | number; lifecycle_stage?: string };
      }>("/experiments/get-by-name", { query });
      const id = this.#required(experiment?.experiment_id, "an experiment's id");
      return { id, isDeleted: experiment?.lifecycle_stage === "deleted" };
    } catch (error) {
      if (error instanceof Refusal && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
      throw error;
    }
  }

  /** @throws {Refusal} `RESOURCE_ALREADY_EXISTS`, also if another client was faster. */
  async createExperiment(name: string, artifactLocation: string | undefined): Promise<string> {
    const json = { name, artifact_location: artifactLocation };
    const { experiment_id: id } = await this.call<{ experiment_id?: string | number }>(
      "/experiments/create",
      { json },
    );
    return this.#required(id, "an experiment's id");
  }

  /** The run that carries a tag; undefined if there is none. */
  async findRun(experimentId: string, tag: string, value: string): Promise<ServerRun | undefined> {
    const json = {
      experiment_ids: [experimentId],
      filter: `tags.\`${tag}\` = '${value}'`,
      max_results: 1,
      run_view_type: "ALL",
    };
    const answer = await this.call<{ runs?: readonly RunMessage[] }>("/runs/search", { json });
    this.requireOnly(answer, ["runs", "next_page_token"]);
    const [run] = this.list<RunMessage>(answer.runs, "a list of runs");
    return run && this.#run(run);
  }

  /** @throws {Refusal} `RESOURCE_DOES_NOT_EXIST` if there is no such run. */
  async getRun(runId: string): Promise<ServerRun> {
    const query = { run_id: runId };
    const { run } = await this.call<{ run?: RunMessage }>("/runs/get", { query });
    return this.#run(run);
  }

  async createRun(creation: RunCreation): Promise<ServerRun> {
    const json = {
      experiment_id: creation.experimentId,
      run_name: creation.runName,
      user_id: creation.userId,
      start_time: creation.startTimeMs,
      tags: Object.entries(creation.tags).map(([key, value]) => ({ key, value })),
    };
    const { run } = await this.call<{ run?: RunMessage }>("/runs/create", { json });
    return this.#run(run);
  }

  /** @param endTimeMs needed with a final status: the server keeps an earlier one otherwise. */
  async updateRun(runId: string, status: RunStatus, endTimeMs?: number): Promise<void> {
    const json = { run_id: runId, status, end_time: endTimeMs };
    const { run_info: info } = await this.call<{ run_info?: RunMessage["info"] }>("/runs/update", {
      json,
    });
    this.#required(info?.run_id ?? info?.run_uuid, "a run's id");
  }

  async logBatch(runId: string, { metrics, params, tags }: Batch): Promise<void> {
    const json = { run_id: runId, metrics, params, tags };
    this.requireOnly(await this.call<object>("/runs/log-batch", { json }), []);
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    const json = { run_id: runId, key };
    this.requireOnly(await this.call<object>("/runs/delete-tag", { json }), []);
  }

  /** Data that the run was given. The server keeps the first of those with one name and digest. */
  async logInput(runId: string, { dataset, tags }: DatasetInput): Promise<void> {
    const json = { run_id: runId, datasets: [{ tags, dataset }] };
    this.requireOnly(await this.call<object>("/runs/log-inputs", { json }), []);
  }

  /** What lies at a path of the run's artifacts. */
  async kindOf(runId: string, path: string): Promise<"file" | "folder" | undefined> {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
    const answer = await this.call<{ files?: { path: string; is_dir?: boolean }[] }>(
      "/artifacts/list",
      { query: { run_id: runId, path: folder } },
    );
    this.requireOnly(answer, ["root_uri", "files", "next_page_token"]);
    const files = this.list<{ path: string; is_dir?: boolean }>(answer.files, "a list of files");
    const found = files.find((file) => file.path === path);
    return found && (found.is_dir ? "folder" : "file");
  }

  /**
   * Stores a file through the server.
   *
   * @param url whole URL.
   * @throws {ServiceError} also with status 500.
   */
  async put(url: string, body: Uint8Array | Blob, timeoutMs: number): Promise<void> {
    const { text } = await this.#uploads.request(url, {
      ...{ method: "PUT", body, timeoutMs },
      ...(this.#signal && { signal: this.#signal }),
    });
    if (/^(\{\s*\})?\s*$/.test(text)) return;
    throw new TrackerUnreachableError(
      `something at ${this.trackingUri} answers uploads, but not as MLflow does: ${text.slice(0, 100)}`,
    );
  }

  /**
   * @param path below the interface's address.
   * @throws {Refusal} if the server refuses it. @throws {TrackerUnreachableError} for an answer that is not MLflow's.
   */
  async call<T>(path: string, request: HttpRequest): Promise<T> {
    try {
      const answer = await this.#service.requestJson<T>(API + path, {
        ...request,
        ...(this.#signal && { signal: this.#signal }),
      });
      if (typeof answer === "object" && answer !== null && !Array.isArray(answer)) return answer;
    } catch (error) {
      throw refusalOf(error);
    }
    throw this.#notMlflow("an object");
  }

  /** MLflow answers `{}` where it has nothing to say; anything else there comes from another program. */
  requireOnly(answer: object, known: readonly string[]): void {
    const unknown = Object.keys(answer).find((key) => !known.includes(key));
    if (unknown === undefined) return;
    throw new TrackerUnreachableError(
      `the answer of ${this.trackingUri} has ${JSON.stringify(unknown)}. Is it the address of an MLflow server?`,
    );
  }

  #run(run: RunMessage | undefined): ServerRun {
    const { info, data, outputs } = run ?? {};
    const models = this.list<{ model_id?: string }>(outputs?.model_outputs, "a list of models");
    return {
      runId: this.requiredText(info?.run_id, "a run's id"),
      experimentId: this.#required(info?.experiment_id, "an experiment's id"),
      artifactUri: this.requiredText(info?.artifact_uri, "an artifact URI"),
      isDeleted: info?.lifecycle_stage === "deleted",
      tags: Object.fromEntries(
        this.list<KeyText>(data?.tags, "a list of tags").map(({ key, value }) => [key, value]),
      ),
      params: this.list<KeyText>(data?.params, "a list of parameters"),
      metrics: this.list<MetricPoint>(data?.metrics, "a list of metrics"),
      modelIds: models.flatMap(({ model_id: id }) => (id === undefined ? [] : [id])),
    };
  }

  /** Ids are texts; old servers send those of experiments as numbers. */
  #required(value: unknown, what: string): string {
    const isNumber = Number.isSafeInteger(value) && (value as number) >= 0;
    return isNumber ? String(value) : this.requiredText(value, what);
  }

  requiredText(value: unknown, what: string): string {
    if (typeof value === "string" && value !== "") return value;
    throw this.#notMlflow(what);
  }

  /** Messages; the server leaves an empty list out. */
  list<T>(value: unknown, what: string): readonly T[] {
    if (value === undefined) return [];
    const isMessage = (item: unknown) => typeof item === "object" && item !== null;
    if (Array.isArray(value) && value.every(isMessage)) return value as T[];
    throw this.#notMlflow(what);
  }

  #notMlflow(missing: string): TrackerUnreachableError {
    return new TrackerUnreachableError(
      `the answer of ${this.trackingUri} lacks ${missing}. Is it the address of an MLflow server?`,
    );
  }
}
