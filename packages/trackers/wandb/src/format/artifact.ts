import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { LogValue } from "@acc/core/tracker";
import { filesBelow } from "@acc/tracker-kit";
import { jsonText } from "./json-text.ts";

/** The content of a version of an artifact. */
export type ArtifactRequest = {
  /** Unique in the run and the same in every attempt, as is everything made from it. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** A file or folder, or one file of that name. */
  readonly source: string | { readonly name: string; readonly bytes: Uint8Array };
  readonly step: number;
  /** `aliases`, `description`, `metadata` of the call. */
  readonly options: { readonly [key: string]: LogValue };
};

export type ArtifactFile = {
  /** Path within the artifact. */
  readonly name: string;
  /** Its bytes, or the path of the file. */
  readonly content: Uint8Array | string;
  readonly size: number;
  /** MD5 in base 64. */
  readonly md5: string;
};

/** A version of an artifact, described as W&B identifies it. */
export type ArtifactVersion = {
  readonly name: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly description?: string;
  /** JSON text. */
  readonly metadata?: string;
  readonly digest: string;
  readonly files: readonly ArtifactFile[];
  readonly clientId: string;
  readonly sequenceClientId: string;
  readonly step: number;
};

const MAX_NAME = 128;
const ID_LENGTH = 128;

/**
 * Reads and hashes what an artifact holds.
 *
 * @param recordingId which the ids are made from.
 */
export async function describeArtifact(
  request: ArtifactRequest,
  recordingId: string,
): Promise<ArtifactVersion> {
  const { source, type, step, options } = request;
  const name = artifactName(request.name);
  const files = typeof source === "string" ? await filesOf(source) : [fileOf(source)];
  const { aliases, description, metadata } = options;
  return {
    ...{ name, type, step, files },
    aliases: ["latest", ...(Array.isArray(aliases) ? aliases.map(String) : [])],
    ...(typeof description === "string" ? { description } : {}),
    ...(metadata === undefined ? {} : { metadata: jsonText(metadata, "strings") }),
    digest: digestOf(files),
    ...artifactIds(request, recordingId),
  };
}

/** The ids of the version and the artifact before the server gives them others. */
export function artifactIds(
  { key, name }: { readonly key: string; readonly name: string },
  recordingId: string,
): { readonly clientId: string; readonly sequenceClientId: string } {
  return {
    clientId: clientId(`${recordingId}/version/${key}`),
    sequenceClientId: clientId(`${recordingId}/artifact/${artifactName(name)}`),
  };
}

/** W&B accepts letters, digits, `_`, `-` and `.`. */
function artifactName(name: string): string {
  return name.replace(/[^\w.-]/g, "_").slice(0, MAX_NAME) || "artifact";
}

/** Manifest as W&B stores it. */
export function manifestText({ files }: ArtifactVersion, artifactId: string): string {
  const contents = files.map(({ name, size, md5 }) => [
    name,
    { digest: md5, size, birthArtifactID: artifactId },
  ]);
  return JSON.stringify({
    version: 1,
    storagePolicy: "wandb-storage-policy-v1",
    storagePolicyConfig: { storageLayout: "V2" },
    contents: Object.fromEntries(contents),
  });
}

/** W&B distinguishes versions by it: the MD5 over the names and digests of the files, in order of their names. */
function digestOf(files: readonly ArtifactFile[]): string {
  const hash = createHash("md5").update("wandb-artifact-manifest-v1\n");
  for (const { name, md5 } of files) hash.update(`${name}:${md5}\n`);
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<ArtifactFile[]> {
  const files: ArtifactFile[] = [];
  for (const file of await filesBelow(path)) {
    const name = file.name || basename(path);
    const { size } = await stat(file.path); // one by one: a folder may hold thousands
    files.push({ name, content: file.path, size, md5: await md5Of(file.path) });
  }
  return files;
}

function fileOf({ name, bytes }: { name: string; bytes: Uint8Array }): ArtifactFile {
  const md5 = createHash("md5").update(bytes).digest("base64");
  return { name, content: bytes, size: bytes.length, md5 };
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("base64");
}

/** W&B's ids of clients: 128 characters of 0-9 and a-z. */
function clientId(seed: string): string {
  let text = "";
  for (let part = 0; text.length < ID_LENGTH; part++) {
    const digest = createHash("sha512").update(`${seed}#${part}`).digest("hex");
    text += BigInt(`0x${digest}`).toString(36);
  }
  return text.slice(0, ID_LENGTH);
}
