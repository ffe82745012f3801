import { createHash } from "node:crypto";
import { createReadStream, existsSync, openAsBlob } from "node:fs";
import { AcceleratorError } from "@acc/core/tracker";
import { filesBelow } from "@acc/tracker-kit";
import type { Artifact } from "../format/artifact.ts";
import { safePath } from "../format/file-path.ts";
import type { RunFields } from "../format/record.ts";
import type { ManifestEntry, TrackioClient } from "./client.ts";

/**
 * Makes a version of an artifact at the server, which gets each content that it does not have.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no file at the path any more.
 */
export async function uploadArtifact(
  client: TrackioClient,
  { project, run, run_id }: RunFields,
  { path, name, ...about }: Artifact,
): Promise<void> {
  const files = existsSync(path) ? await filesBelow(path) : [];
  if (files.length === 0) {
    throw new AcceleratorError("VALUE_INVALID", `there is no file at ${path} any more`);
  }
  const paths = new Map<string, string>();
  const manifest: ManifestEntry[] = [];
  for (const file of files) {
    const { digest, size } = await digestOf(file.path);
    paths.set(digest, file.path);
    manifest.push({ path: safePath(file.name || name), digest, size });
  }
  const present = await client.presentBlobs(project, [...paths.keys()]);
  for (const [digest, file] of paths) {
    if (present.has(digest)) continue;
    const uploaded_file = await client.stage(await openAsBlob(file), digest);
    await client.uploadBlobs(project, [{ digest, uploaded_file }]);
  }
  await client.logArtifact({ project, name, ...about, manifest, run_name: run, run_id });
}

async function digestOf(path: string): Promise<Omit<ManifestEntry, "path">> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: hash.digest("hex"), size };
}
