import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ArtifactData, LogContext } from "@acc/core";
import { jsonText } from "./json-text.ts";

/** A file or folder to record as a version of an artifact. */
export type ArtifactRequest = {
  readonly artifact: ArtifactData;
  readonly step: number;
  /** Place of the event in the run: makes its ids the same in every attempt. */
  readonly sequence: number;
  readonly context: LogContext;
};

export type ArtifactFile = {
  /** Path within the artifact. */
  readonly name: string;
  readonly path: string;
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

const DEFAULT_TYPE = "file";
const MAX_NAME = 128;
const ID_LENGTH = 128;

/**
 * Reads and hashes what an artifact holds. Options of the call: `aliases`, `description`, `metadata`.
 *
 * @param runId of the recording, which the ids are made from.
 */
export async function describeArtifact(
  { artifact, step, sequence, context }: ArtifactRequest,
  runId: string,
): Promise<ArtifactVersion> {
  const name = artifact.name.replace(/[^\w.-]/g, "_").slice(0, MAX_NAME) || "artifact";
  const files = await filesOf(artifact.path);
  const { aliases, description, metadata } = context.options ?? {};
  return {
    name,
    type: artifact.type ?? DEFAULT_TYPE,
    aliases: ["latest", ...(Array.isArray(aliases) ? aliases.map(String) : [])],
    ...(typeof description === "string" ? { description } : {}),
    ...(metadata === undefined ? {} : { metadata: jsonText(metadata, "strings") }),
    digest: digestOf(files),
    files,
    clientId: clientId(`${runId}/${sequence}`),
    sequenceClientId: clientId(`${runId}/${name}`),
    step,
  };
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

/** What W&B tells versions apart by: the MD5 over the names and digests of the files, in order of their names. */
function digestOf(files: readonly ArtifactFile[]): string {
  const hash = createHash("md5").update("wandb-artifact-manifest-v1\n");
  for (const { name, md5 } of files) hash.update(`${name}:${md5}\n`);
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<ArtifactFile[]> {
  const isFolder = (await stat(path)).isDirectory();
  const files: ArtifactFile[] = [];
  for (const name of isFolder ? await namesBelow(path, "") : [basename(path)]) {
    const file = isFolder ? join(path, name) : path; // one by one: a folder may hold thousands
    files.push({ name, path: file, size: (await stat(file)).size, md5: await md5Of(file) });
  }
  return files;
}

/** Paths of the files below a folder, with `/`, in order of their code units. */
async function namesBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const names = entries.map(async (entry) => {
    const name = prefix + entry.name;
    return entry.isDirectory() ? namesBelow(folder, `${name}/`) : [name];
  });
  return (await Promise.all(names)).flat().sort();
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
