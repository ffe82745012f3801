import { createHash } from "node:crypto";
import { AcceleratorError } from "@acc/core/tracker";
import { describeModel, modelFile } from "../format/model-file.ts";
import type { ModelUpload } from "../operation.ts";
import { ArtifactStore } from "./artifact-store.ts";
import type { MlflowClient, ServerRun } from "./client.ts";
import { LoggedModels } from "./logged-models.ts";
import { type ModelFiles, modelFilesOf, storeModelFiles } from "./model-files.ts";
import { addToHistory, pathInRun } from "./model-history.ts";
import { Refusal } from "./refusal.ts";

/** The models that a run logs: logged models, or at a server before version 3 a part of the run's artifacts. */
export class ModelStore {
  readonly #client: MlflowClient;
  readonly #runId: string;
  readonly #logged: LoggedModels;

  constructor(client: MlflowClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
    this.#logged = new LoggedModels(client);
  }

  /**
   * Stores a file or folder as a model. It is idempotent.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if it is gone from this machine, or if the server takes no files.
   */
  async log(model: ModelUpload): Promise<void> {
    const files = await modelFilesOf(model.path);
    const run = await this.#client.getRun(this.#runId);
    const logged = await this.#logged.open(model, run);
    if (!logged) return this.#storeInRun(model, files, run);
    const { modelId, artifactUri } = logged;
    const place = { artifactPath: artifactUri, runId: run.runId, modelId };
    const description = describeModel(model, files, place);
    const store = new ArtifactStore(this.#client, { artifactUri });
    try {
      await storeModelFiles(store, "", files, modelFile(description, modelId));
    } catch (error) {
      const isFinal = error instanceof AcceleratorError || error instanceof Refusal;
      if (isFinal) await this.#logged.end(modelId, "LOGGED_MODEL_UPLOAD_FAILED");
      throw error;
    }
    await this.#logged.end(modelId, "LOGGED_MODEL_READY");
  }

  async #storeInRun(model: ModelUpload, files: ModelFiles, run: ServerRun): Promise<void> {
    const modelId = createHash("md5").update(model.identity).digest("hex");
    const artifactPath = pathInRun(run, model.name, modelId);
    const place = { artifactPath, runId: run.runId, modelId };
    const description = describeModel(model, files, place);
    const store = new ArtifactStore(this.#client, run);
    await storeModelFiles(store, artifactPath, files, modelFile(description));
    const tag = addToHistory(run, description);
    if (tag) await this.#client.logBatch(run.runId, { metrics: [], params: [], tags: [tag] });
  }
}
