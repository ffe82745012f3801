import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "../../errors.ts";
import { codeOf, damaged, readError } from "./file-errors.ts";
import { MANIFEST, type Manifest, parseManifest } from "./manifest.ts";

/** A manifest is small; whatever is larger is none. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The manifest of a checkpoint.
 *
 * @throws {AcceleratorError} `CHECKPOINT_MISSING` if there is no such folder; `CHECKPOINT_DAMAGED` if it is not complete;
 * `CHECKPOINT_TOO_NEW`, `CHECKPOINT_FAILED`.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  await requireFolder(folder);
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    const stats = await stat(path);
    if (!stats.isFile() || stats.size > MAX_BYTES) throw damaged(path, "is no manifest");
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw readError(path, error);
    throw damaged(folder, `is no complete checkpoint: it has no ${MANIFEST}`, error);
  }
  return parseManifest(path, text);
}

/** The manifest, if every file that it names has its size. @throws {AcceleratorError} as `readManifest` does. */
export async function readCompleteManifest(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  for (const { path, bytes } of manifest.files) {
    const file = join(folder, path);
    const stats = await stat(file).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") throw damaged(folder, `has lost its file ${path}`, error);
      throw readError(file, error);
    });
    if (!stats.isFile()) throw damaged(file, "is no file");
    if (stats.size !== bytes) throw damaged(file, `has ${stats.size} bytes instead of ${bytes}`);
  }
  return manifest;
}

async function requireFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((error: unknown) => {
    if (!["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) throw readError(folder, error);
  });
  if (stats?.isDirectory()) return;
  throw new AcceleratorError(
    "CHECKPOINT_MISSING",
    stats
      ? `${folder} is a file. A checkpoint is a folder: name the one that has ${MANIFEST}.`
      : `There is no checkpoint at ${folder}.`,
  );
}
