import { TrackerUnreachableError } from "@acc/core/tracker";
import type { UploadTarget } from "./api.ts";
import type { Bucket, ExistingRun } from "./queries.ts";

type Part = { readonly [key: string]: unknown };

/**
 * What the server's answers hold, each by the form in which it says that it did what it was asked. Anything else comes from
 * another program, and is not counted against the events.
 *
 * @throws {TrackerUnreachableError} from each function.
 */

export function bucketOf(data: Part): Bucket {
  const bucket = partOf(partOf(data.upsertBucket)?.bucket);
  if (typeof bucket?.id === "string") return bucket as unknown as Bucket;
  throw notWandb("UpsertBucket", "the run");
}

/** @returns undefined if the server has no such run. */
export function existingRunOf(data: Part): ExistingRun | undefined {
  if (data.model === null) return undefined;
  const model = partOf(data.model);
  if (model?.bucket === null) return undefined;
  const bucket = partOf(model?.bucket);
  if (typeof bucket?.id === "string") return bucket as unknown as ExistingRun;
  throw notWandb("RunResumeStatus", "the run");
}

/** Where each of the files goes. */
export function runFilesOf(data: Part, paths: readonly string[]): Map<string, UploadTarget> {
  const created = partOf(data.createRunFiles);
  const uploadHeaders = created?.uploadHeaders;
  const files = Array.isArray(created?.files) ? (created.files as Part[]) : [];
  const byPath = new Map(files.map((file) => [String(file?.name), file?.uploadUrl]));
  return new Map(
    paths.map((path) => {
      const target = targetOf({ uploadUrl: byPath.get(path), uploadHeaders });
      if (!target) throw notWandb("CreateRunFiles", `the file ${path}`);
      return [path, target];
    }),
  );
}

export function artifactOf(data: Part): { readonly id: string; readonly state: unknown } {
  const artifact = partOf(partOf(data.createArtifact)?.artifact);
  if (typeof artifact?.id === "string") return { id: artifact.id, state: artifact.state };
  throw notWandb("CreateArtifact", "the artifact");
}

export function manifestOf(data: Part): { readonly id: string; readonly file: UploadTarget } {
  const manifest = partOf(partOf(data.createArtifactManifest)?.artifactManifest);
  const file = targetOf(manifest?.file);
  if (typeof manifest?.id === "string" && file) return { id: manifest.id, file };
  throw notWandb("CreateArtifactManifest", "the manifest");
}

/** Where each of so many files of an artifact goes, in their order. */
export function artifactFilesOf(data: Part, count: number): UploadTarget[] {
  const edges = partOf(partOf(data.createArtifactFiles)?.files)?.edges;
  const targets = Array.isArray(edges) ? edges.map((edge) => targetOf(partOf(edge)?.node)) : [];
  const known = targets.filter((target) => target !== undefined);
  if (targets.length === count && known.length === count) return known;
  throw notWandb("CreateArtifactFiles", `${count} files`);
}

export function requireCommitted(data: Part): void {
  const artifact = partOf(partOf(data.commitArtifact)?.artifact);
  if (typeof artifact?.id !== "string") throw notWandb("CommitArtifact", "the artifact");
}

/** A place for a file, if it is one: a whole URL or none, and lines of headers. */
function targetOf(value: unknown): UploadTarget | undefined {
  const { uploadUrl, uploadHeaders = null } = partOf(value) ?? {};
  const isUrl =
    uploadUrl === null ||
    (typeof uploadUrl === "string" && /^https?:/.test(uploadUrl) && URL.canParse(uploadUrl));
  const areHeaders =
    uploadHeaders === null ||
    (Array.isArray(uploadHeaders) &&
      uploadHeaders.every((line) => typeof line === "string" && line.indexOf(":") > 0));
  return isUrl && areHeaders ? (value as UploadTarget) : undefined;
}

function partOf(value: unknown): Part | undefined {
  return typeof value === "object" && value !== null ? (value as Part) : undefined;
}

function notWandb(operation: string, missing: string): TrackerUnreachableError {
  return new TrackerUnreachableError(
    `W&B answered ${operation} without ${missing}: is this the address of a W&B server?`,
  );
}
