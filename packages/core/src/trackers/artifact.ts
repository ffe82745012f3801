import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AcceleratorError } from "../errors.ts";
import type { ArtifactData } from "./log-value.ts";
import type { LogOptions } from "./placement.ts";

export type ArtifactOptions = LogOptions & {
  /** Name of the artifact; that of the file by default. */
  readonly name?: string;
  /** What it is, such as `"model"`. */
  readonly type?: string;
};

/**
 * Says which file an artifact is.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
 */
export function locateArtifact(path: string, { name, type }: ArtifactOptions): ArtifactData {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `logArtifact: there is no file or folder at ${absolute}.`,
    );
  }
  return {
    name: name ?? basename(absolute),
    path: absolute,
    ...(type === undefined ? {} : { type }),
  };
}
