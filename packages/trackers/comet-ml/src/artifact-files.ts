import { statSync } from "node:fs";
import { join } from "node:path";
import { pathsBelow } from "@acc/tracker-kit";

export type ArtifactFile = {
  readonly path: string;
  /** Within the folder, with slashes; empty if the artifact is one file. */
  readonly relative: string;
};

/** The files of an artifact, in a stable order. */
export function artifactFiles(path: string): ArtifactFile[] {
  if (!statSync(path).isDirectory()) return [{ path, relative: "" }];
  return pathsBelow(path).map((name) => ({ path: join(path, name), relative: name }));
}
