import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { io } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { writeWhole } from "../write-whole.ts";
import { readWeights } from "./weight-files.ts";

const MODEL_FILE = "model.json";
const WEIGHTS_FILE = "weights.bin";

/**
 * A model in a folder, in the files of tfjs-node and the TensorFlow.js converter: `model.json`, and `weights.bin` or the
 * shards that it names.
 */
export class ModelFolder implements io.IOHandler {
  readonly #path: string;

  /** @param path the folder to save to or load from; for loading also the path of its model.json. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Creates the folder if needed. Each file is replaced atomically; the weights first. */
  async save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    if (artifacts.modelTopology instanceof ArrayBuffer) {
      throw invalid(`A model of a binary format cannot be saved to ${this.#path}.`);
    }
    const json = JSON.stringify(modelJson(artifacts));
    const weights = [artifacts.weightData ?? []].flat().map((part) => new Uint8Array(part));
    try {
      await makeFolder(this.#path);
      await writeWhole(join(this.#path, WEIGHTS_FILE), weights);
      await writeWhole(join(this.#path, MODEL_FILE), [Buffer.from(json)]);
    } catch (error) {
      throw invalid(
        `The model cannot be saved to ${this.#path}: ${messageOf(error)}. Give the path of a folder to write to.`,
        error,
      );
    }
    return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
  }

  async load(): Promise<io.ModelArtifacts> {
    const path = await this.#modelPath();
    const json = parseModel(path, await readText(path));
    return io.getModelArtifactsForJSON(json, async (manifest) => [
      io.getWeightSpecs(manifest),
      await readWeights(path, manifest),
    ]);
  }

  async #modelPath(): Promise<string> {
    const found = await stat(this.#path).catch(() => undefined);
    return found?.isDirectory() ? join(this.#path, MODEL_FILE) : this.#path;
  }
}

/** The fields in the order in which TensorFlow.js writes them. */
function modelJson(artifacts: io.ModelArtifacts): io.ModelJSON {
  const { modelTopology, format, generatedBy, convertedBy, weightSpecs = [] } = artifacts;
  const { signature, userDefinedMetadata, modelInitializer, initializerSignature } = artifacts;
  return {
    modelTopology: modelTopology as object,
    ...{ format, generatedBy, convertedBy },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
    ...{ signature, userDefinedMetadata, modelInitializer, initializerSignature },
    trainingConfig: artifacts.trainingConfig,
  } as io.ModelJSON; // JSON leaves out undefined fields
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw invalid(
      `There is no model to load at ${path}: ${messageOf(error)}. Give the path of a model.json, or its folder.`,
      error,
    );
  }
}

function parseModel(path: string, text: string): io.ModelJSON {
  let model: Partial<io.ModelJSON> | null;
  try {
    model = JSON.parse(text);
  } catch (error) {
    throw invalid(`${path} is no model.json: ${messageOf(error)}.`, error);
  }
  const manifest: unknown = model?.weightsManifest;
  const isManifest =
    Array.isArray(manifest) &&
    manifest.every((group) => Array.isArray(group?.paths) && Array.isArray(group?.weights));
  if (typeof model?.modelTopology === "object" && model.modelTopology && isManifest) {
    return model as io.ModelJSON;
  }
  throw invalid(
    `${path} is not a TensorFlow.js model: it lacks modelTopology or weightsManifest. Convert Keras models with ` +
      "tensorflowjs_converter.",
  );
}

function invalid(message: string, cause?: unknown): AcceleratorError {
  return new AcceleratorError("MODEL_FILE_INVALID", message, { cause });
}
