import { readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

export type ArtifactFile = {
  readonly path: string;
  /** Within the folder, with slashes; empty if the artifact is one file. */
  readonly relative: string;
};

/** The files of an artifact, in a stable order. */
export function artifactFiles(path: string): ArtifactFile[] {
  if (!statSync(path).isDirectory()) return [{ path, relative: "" }];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file, relative: relative(path, file).split(sep).join("/") }));
}
