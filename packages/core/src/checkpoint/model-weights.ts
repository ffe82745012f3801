import type { io, Tensor, Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { ModelFolder } from "../model-files/model-folder.ts";
import { checkArgument, checkOptions, type ForeignNames } from "../options/check-options.ts";
import { isPlainObject } from "../plain-object.ts";
import type { ModelVariables } from "../train/model-variables.ts";
import { modelVariables } from "../train/model-variables.ts";
import { expand } from "./checkpoint-folder.ts";
import { entryOf, readEntry } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

/** Options of `saveModel`. */
export type SaveModelOptions = {
  /** Bytes of a file, or text such as `"200MB"`. Default `"10GB"`. */
  readonly maxShardSize?: number | string;
  /** Also writes `model.json` and `weights.bin`, which `tf.loadLayersModel` loads in a browser. Default false. */
  readonly topology?: boolean;
};

const FOREIGN: ForeignNames = {
  safeSerialization: "weights are always safetensors, so leave it out",
};

/**
 * The variables of a model, trained or not, by name, in the order of the model.
 *
 * @throws {AcceleratorError} `MODEL_INVALID` if it is none.
 */
export function variablesByName(model: object): Map<string, Variable> {
  return new Map(requireModel(model).all.map((variable) => [variable.name, variable]));
}

/** @throws {AcceleratorError} `MODEL_INVALID` if it is none. */
export function requireModel(model: object): ModelVariables {
  const found = modelVariables(model);
  if (found && found.all.length > 0) return found;
  throw new AcceleratorError(
    "MODEL_INVALID",
    "This is no model with variables. Build it first, or pass the object that holds its variables or layers.",
  );
}

/** Writes the weights of a model to a folder: one file, or several with an index. */
export async function saveModelWeights(
  model: object,
  folder: string,
  options: SaveModelOptions,
): Promise<void> {
  const weights = storedOf(variablesByName(model));
  const { maxShardSize, topology = false } = options;
  const artifacts = topology ? await artifactsOf(model) : undefined;
  const { writeSharded } = await import("./files/sharded.ts"); // few scripts call this
  await writeSharded(expand(folder), weights, { maxShardSize });
  if (artifacts) await new ModelFolder(expand(folder)).save(artifacts);
}

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function checkSaveModel(folder: string, options: SaveModelOptions): void {
  checkArgument("saveModel", "folder", folder, "path");
  const maxShardSize = { anyOf: ["string", { numberFrom: 1 }] } as const;
  const rules = { maxShardSize, topology: "boolean" } as const;
  checkOptions<SaveModelOptions>("saveModel", options, rules, FOREIGN);
}

/**
 * Writes tensors by name to a safetensors file.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for anything else.
 */
export async function saveTensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  path: string,
): Promise<void> {
  checkArgument("save", "path", path, "path");
  const isByName = tensors instanceof Map || isPlainObject(tensors);
  const named = new Map<string, Tensor>(
    tensors instanceof Map ? tensors : isByName ? Object.entries(tensors) : [],
  );
  const isTensors = [...named.values()].every((value) => typeof value?.dataSync === "function");
  if (!isByName || named.size === 0 || !isTensors) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      "save: a Map or a plain object of tensors is needed, such as getStateDict(model).",
    );
  }
  const stored = storedOf(named); // now: the caller may dispose the tensors
  const { writeTensors } = await import("./files/tensor-file.ts");
  await writeTensors(expand(path), stored);
}

/** Copies of the values. */
function storedOf(tensors: ReadonlyMap<string, Tensor>): Map<string, StoredTensor> {
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const entry = entryOf("", name, tensor);
      const bytes = new Uint8Array(entry.spec.byteLength);
      readEntry(entry, bytes);
      return [name, { dtype: entry.spec.dtype, shape: entry.spec.shape, bytes }];
    }),
  );
}

type LayersModel = { save(handler: io.IOHandler): Promise<io.SaveResult> };

/** The structure of a `tf.LayersModel`, and its weights. */
async function artifactsOf(model: object): Promise<io.ModelArtifacts> {
  const { save } = model as Partial<LayersModel>;
  if (typeof save !== "function") {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "saveModel: only a tf.LayersModel has a topology. Leave out topology; the weights are saved without it.",
    );
  }
  let artifacts: io.ModelArtifacts | undefined;
  await (model as LayersModel).save({
    save: async (made) => {
      artifacts = made;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    },
  });
  return artifacts as io.ModelArtifacts;
}
