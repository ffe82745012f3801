import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { filesBelow } from "@acc/tracker-kit";
import { artifactPath } from "../format/artifact-path.ts";
import { MODEL_FILE } from "../format/model-file.ts";
import type { ArtifactStore } from "./artifact-store.ts";

/** The files of a model on this machine. */
export type ModelFiles = {
  /** Paths within the model, with `/`. */
  readonly names: readonly string[];
  /** By name: where each is on this machine. */
  readonly paths: ReadonlyMap<string, string>;
  readonly sizeBytes: number;
};

/** @throws {AcceleratorError} `VALUE_INVALID` if there is none, or if MLflow's own file has no place among them. */
export async function modelFilesOf(path: string): Promise<ModelFiles> {
  if (!existsSync(path)) throw invalid(`The model ${path} does not exist any more.`);
  const files = await filesBelow(path);
  const paths = new Map(files.map((file) => [file.name || basename(file.path), file.path]));
  const names = [...paths.keys()];
  if (names.length === 0) throw invalid(`The model ${path} is a folder without files.`);
  if (names.some((name) => name.startsWith(`${MODEL_FILE}/`))) {
    throw invalid(`The model ${path} has a folder ${MODEL_FILE}, where MLflow needs a file.`);
  }
  let sizeBytes = 0;
  for (const file of paths.values()) sizeBytes += (await stat(file)).size;
  return { names, paths, sizeBytes };
}

/**
 * Stores the files of a model, and MLflow's own unless it is among them: last, as its presence says that the model is whole.
 *
 * @param folder path below the store, or empty.
 * @throws {AcceleratorError} `VALUE_INVALID` if one is gone, or if the server takes no files.
 */
export async function storeModelFiles(
  store: ArtifactStore,
  folder: string,
  files: ModelFiles,
  modelFile: Uint8Array,
): Promise<void> {
  const refuse = (what: string, advice: string): never => {
    throw invalid(`MLflow cannot hold ${what}: ${advice}`);
  };
  for (const [name, content] of files.paths) {
    await store.store({ kind: "upload", path: artifactPath(folder, name), content }, refuse);
  }
  if (files.paths.has(MODEL_FILE)) return;
  const path = artifactPath(folder, MODEL_FILE);
  await store.store({ kind: "upload", path, content: modelFile }, refuse);
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", message);
}
