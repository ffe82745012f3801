import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AcceleratorError } from "../../errors.ts";
import { foundText } from "../../options/found-text.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import type { ArtifactData } from "../../tracker-contract/log-value.ts";
import type { LogOptions } from "./placement.ts";

export type ArtifactOptions = LogOptions & {
  /** Name of the artifact. Default: the name of the file. */
  readonly name?: string;
  /** The type of the artifact, such as `"model"`. */
  readonly type?: string;
};

export const ARTIFACT_RULES: OptionRules<ArtifactOptions> = {
  step: "integer",
  logOptions: "object",
  name: "string",
  type: "string",
};

/**
 * Describes an artifact: its name, type and absolute path.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
 */
export function locateArtifact(path: string, { name, type }: ArtifactOptions): ArtifactData {
  if (typeof path !== "string" || path === "") {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `logArtifact needs a path, got ${foundText(path)}.`,
    );
  }
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
