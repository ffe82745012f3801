import { basename } from "node:path";
import type { LogValue } from "@acc/core/tracker";
import { toJson } from "@acc/tracker-kit";
import { stringify } from "yaml";

/** What can load a model, by the names of the tools, with what each needs to know. */
export type Flavors = { readonly [name: string]: LogValue };

/** The file that makes a folder a model of MLflow. */
export const MODEL_FILE = "MLmodel";

/** What MLflow calls a model, at the server and in its file. */
export type ModelDescription = {
  readonly artifact_path: string;
  readonly flavors: unknown;
  readonly model_id?: string;
  readonly model_uuid: string;
  readonly run_id: string;
  readonly utc_time_created: string;
  readonly model_size_bytes: number;
};

/** Characters that MLflow takes in no name of a model. */
const FORBIDDEN = /[/:.%"']/;

export function isModelName(name: string): boolean {
  return name !== "" && !FORBIDDEN.test(name);
}

/** A name that MLflow takes, from that of a file or folder. */
export function modelName(path: string): string {
  return basename(path).replaceAll(new RegExp(FORBIDDEN, "g"), "_") || "model";
}

/** The model as MLflow describes it. */
export function describeModel(
  { flavors, timeMs }: { readonly flavors: Flavors | undefined; readonly timeMs: number },
  files: { readonly names: readonly string[]; readonly sizeBytes: number },
  place: { readonly artifactPath: string; readonly runId: string; readonly modelId: string },
): ModelDescription {
  const { artifactPath: artifact_path, runId: run_id, modelId: model_uuid } = place;
  return {
    artifact_path,
    flavors: toJson(flavors ?? flavorsOf(files.names)),
    model_uuid,
    run_id,
    utc_time_created: pythonTime(timeMs),
    model_size_bytes: files.sizeBytes,
  };
}

/** @param modelId of a logged model; servers before version 3 have none. */
export function modelFile(description: ModelDescription, modelId?: string): Uint8Array {
  return Buffer.from(
    stringify(modelId === undefined ? description : { ...description, model_id: modelId }),
  );
}

/** What can load these files: they are not for MLflow's Python functions. */
function flavorsOf(names: readonly string[]): Flavors {
  const safetensors =
    names.find((name) => name.endsWith(".safetensors.index.json")) ??
    names.find((name) => name.endsWith(".safetensors"));
  return {
    ...(names.includes("model.json") ? { tfjs: { data: "model.json" } } : {}),
    ...(safetensors === undefined ? {} : { safetensors: { data: safetensors } }),
  };
}

/** `2026-11-28 13:46:06.166000`, as Python writes a time. */
function pythonTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().replace("T", " ").replace("Z", "")}000`;
}
