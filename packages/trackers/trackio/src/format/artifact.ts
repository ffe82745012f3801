import type { ArtifactData, LogContext } from "@acc/core/tracker";
import { type Json, toJson } from "@acc/tracker-kit";

/** A file or folder to keep with the run. */
export type Artifact = {
  /** Of Trackio: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly type: string;
  /** The file or folder on this machine. */
  readonly path: string;
  readonly aliases: readonly string[];
  readonly description: string | null;
  readonly metadata: { readonly [key: string]: Json } | null;
};

/** An artifact as Trackio has it: its name and aliases take only letters, digits, `.`, `_` and `-`. */
export function artifactOf({ name, type, path }: ArtifactData, { options }: LogContext): Artifact {
  const { aliases = [], description, metadata } = options ?? {};
  return {
    name: artifactName(name),
    type: type || "unspecified",
    path,
    aliases: [aliases].flat().map((alias) => aliasName(String(alias))),
    description: description === undefined ? null : String(description),
    metadata: (toJson(metadata) as Artifact["metadata"]) ?? null,
  };
}

function artifactName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, "-") || "-";
}

/** `v3` names the third version. */
function aliasName(alias: string): string {
  return artifactName(alias).replace(/^v(?=\d+$)/, "v-");
}
