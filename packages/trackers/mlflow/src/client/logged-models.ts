import type { TrackerUnreachableError } from "@acc/core/tracker";
import { ServiceError } from "@acc/tracker-kit";
import type { KeyText, ModelUpload } from "../operation.ts";
import type { MlflowClient, ServerRun } from "./client.ts";
import { Refusal } from "./refusal.ts";

/** Tag with the id of our model, so that MLflow's is found again if the answer to its creation was lost. */
const MODEL_TAG = "acc.model";
/** What the official client copies from a run to its models. */
const COPIED_TAG = /^mlflow\.(user$|source\.)/;
const MAX_PARAMS = 100;

export type LoggedModel = { readonly modelId: string; readonly artifactUri: string };

export type ModelStatus = "LOGGED_MODEL_READY" | "LOGGED_MODEL_UPLOAD_FAILED";

type ModelMessage = {
  readonly info?: { readonly model_id?: string; readonly artifact_uri?: string };
};

/** The logged models of a server from version 3 on. */
export class LoggedModels {
  readonly #client: MlflowClient;

  constructor(client: MlflowClient) {
    this.#client = client;
  }

  /**
   * The model with our id, which is made if it is not there.
   *
   * @returns undefined at a server that has no logged models.
   */
  async open(model: ModelUpload, run: ServerRun): Promise<LoggedModel | undefined> {
    const known = await this.#find(model.identity, run);
    if (known === "unknown to the server") return undefined;
    const opened = known ?? (await this.#create(model, run));
    await this.#addToRun(opened, model, run);
    return opened;
  }

  async end(modelId: string, status: ModelStatus): Promise<void> {
    const json = { model_id: modelId, status };
    await this.#request(`/${modelId}`, { method: "PATCH", json });
  }

  async #find(
    identity: string,
    run: ServerRun,
  ): Promise<LoggedModel | undefined | "unknown to the server"> {
    const search = () => this.#search(identity, run.experimentId);
    try {
      return await search();
    } catch (error) {
      if (!isNoSuchRequest(error)) throw error;
    }
    // It may come from another program at that address: what MLflow says itself decides.
    await this.#client.getRun(run.runId);
    try {
      return await search();
    } catch (error) {
      if (isNoSuchRequest(error)) return "unknown to the server";
      throw error;
    }
  }

  async #search(identity: string, experimentId: string): Promise<LoggedModel | undefined> {
    const filter = `tags.\`${MODEL_TAG}\` = '${identity}'`;
    const json = { experiment_ids: [experimentId], filter, max_results: 1 };
    const answer = await this.#client.call<{ models?: unknown }>("/logged-models/search", { json });
    this.#client.requireOnly(answer, ["models", "next_page_token"]);
    const [found] = this.#client.list<ModelMessage>(answer.models, "a list of models");
    return found && this.#model(found);
  }

  async #create(model: ModelUpload, run: ServerRun): Promise<LoggedModel> {
    const copied = Object.entries(run.tags).filter(([key]) => COPIED_TAG.test(key));
    const tags = new Map([
      ...copied,
      ...model.tags.map(({ key, value }) => [key, value] as const),
      [MODEL_TAG, model.identity],
    ]);
    const made = await this.#request("", {
      json: {
        ...{ experiment_id: run.experimentId, name: model.name, source_run_id: run.runId },
        model_type: model.modelType,
        params: run.params.slice(0, MAX_PARAMS),
        tags: [...tags].map(([key, value]) => ({ key, value })),
      },
    });
    const rest = run.params.slice(MAX_PARAMS);
    for (let at = 0; at < rest.length; at += MAX_PARAMS) {
      await this.#logParams(made.modelId, rest.slice(at, at + MAX_PARAMS));
    }
    return made;
  }

  async #logParams(modelId: string, params: readonly KeyText[]): Promise<void> {
    const path = `/logged-models/${modelId}/params`;
    const json = { model_id: modelId, params };
    this.#client.requireOnly(await this.#client.call<object>(path, { json }), []);
  }

  /** Shows the model on the page of the run, and the run's values of that step on that of the model. */
  async #addToRun({ modelId }: LoggedModel, { step }: ModelUpload, run: ServerRun): Promise<void> {
    const { runId: run_id } = run;
    if (!run.modelIds.includes(modelId)) {
      const json = { run_id, models: [{ model_id: modelId, step }] };
      this.#client.requireOnly(await this.#client.call<object>("/runs/outputs", { json }), []);
    }
    const metrics = run.metrics
      .filter((point) => Number(point.step ?? 0) === step)
      .map(({ key, value, timestamp }) => ({ key, value, timestamp, step, model_id: modelId }));
    if (metrics.length === 0) return;
    await this.#client.logBatch(run_id, { metrics, params: [], tags: [] });
  }

  async #request(path: string, request: { method?: "PATCH"; json: unknown }): Promise<LoggedModel> {
    const answer = await this.#client.call<{ model?: ModelMessage }>(
      `/logged-models${path}`,
      request,
    );
    return this.#model(answer.model);
  }

  #model(message: ModelMessage | undefined): LoggedModel {
    const { model_id, artifact_uri } = message?.info ?? {};
    return {
      modelId: this.#client.requiredText(model_id, "a model's id"),
      artifactUri: this.#client.requiredText(artifact_uri, "a model's artifact URI"),
    };
  }
}

/** Whether the server does not have this part of the interface. */
function isNoSuchRequest(error: unknown): boolean {
  if (error instanceof Refusal) return error.code === "ENDPOINT_NOT_FOUND";
  const { cause } = error as TrackerUnreachableError;
  return cause instanceof ServiceError && (cause.status === 404 || cause.status === 405);
}
