import { join } from "node:path";
import { AcceleratorError, messageOf } from "../errors.ts";
import { namesIn } from "./files/checkpoint-names.ts";
import { findCheckpoints, newestCheckpoint } from "./files/find-checkpoints.ts";
import { cleanCheckpoints } from "./files/litter.ts";
import { MANIFEST } from "./files/manifest.ts";
import { readCheckpoint, type StoredCheckpoint } from "./files/read-checkpoint.ts";
import type { ReadOptions } from "./files/tensor-file.ts";
import type { ReadCheckpoint } from "./load-state.ts";

/** A checkpoint, complete in memory, with where it was. */
export type FoundContent = ReadCheckpoint & { readonly path: string };

/** Reads a checkpoint. @throws {AcceleratorError} `CHECKPOINT_…`. */
export async function readContent(path: string, options: ReadOptions): Promise<FoundContent> {
  await refuseParent(path);
  return contentOf(await readCheckpoint(path, options));
}

/** The folder above the checkpoints, or that of the project, is not one of them. */
async function refuseParent(path: string): Promise<void> {
  const names = await namesIn(path).catch((): string[] => []);
  if (names.includes(MANIFEST)) return;
  for (const folder of [path, join(path, "checkpoints")]) {
    const found = await findCheckpoints(folder).catch(() => []);
    const newest = found.at(-1)?.folder;
    if (newest === undefined) continue;
    throw new AcceleratorError(
      "CHECKPOINT_MISSING",
      `${path} is no checkpoint, but has ${found.length} in it: name one, such as ${newest}, or "latest" for the newest.`,
    );
  }
}

/** Reads the newest complete checkpoint of a folder; undefined if there is none. What killed runs have left there is removed. */
export async function readNewest(
  folder: string,
  warn: (message: string) => void,
  options: ReadOptions,
): Promise<FoundContent | undefined> {
  await cleanCheckpoints(folder).catch((error) => warn(messageOf(error)));
  const found = await newestCheckpoint(folder, warn, options);
  return found && contentOf(found);
}

function contentOf({ folder, manifest, tensors, json }: StoredCheckpoint): FoundContent {
  const paths = manifest.files.map(({ path }) => path);
  return {
    ...{ path: folder, id: manifest.id, writtenBy: manifest.writtenBy },
    json: new Map(paths.filter((path) => path.endsWith(".json")).map((path) => [path, json(path)])),
    tensors: paths
      .filter((path) => path.endsWith(".safetensors"))
      .flatMap((file) =>
        [...tensors(file)].map(([name, { dtype, shape, bytes }]) => ({
          spec: { file, name, dtype, shape, byteLength: bytes.byteLength },
          bytes,
        })),
      ),
  };
}
