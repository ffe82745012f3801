import { createHash } from "node:crypto";
import { type ArtifactVersion, manifestText } from "../format/artifact.ts";
import { artifactFilesOf, artifactOf, manifestOf, requireCommitted } from "./answers.ts";
import type { WandbApi } from "./api.ts";
import {
  COMMIT_ARTIFACT,
  CREATE_ARTIFACT,
  CREATE_ARTIFACT_FILES,
  CREATE_ARTIFACT_MANIFEST,
} from "./queries.ts";

/** The run that logs an artifact, as the server knows it. */
export type ArtifactOwner = {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
};

const MANIFEST_NAME = "wandb_manifest.json";
/** URLs asked for at once; they expire. */
const FILES_PER_REQUEST = 100;

/**
 * Records a version of an artifact at the server. Every step may be repeated: the server knows the version by its
 * client id and its digest.
 *
 * @throws {ServiceError} if the server refuses it.
 */
export async function uploadArtifact(
  api: WandbApi,
  artifact: ArtifactVersion,
  owner: ArtifactOwner,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, refusal: "event" } as const;
  const names = { entityName: owner.entity, projectName: owner.project, runName: owner.id };
  const created = await api.graphql(
    CREATE_ARTIFACT,
    {
      input: {
        ...names,
        artifactTypeName: artifact.type,
        artifactCollectionName: artifact.name,
        artifactCollectionNames: null,
        aliases: artifact.aliases.map((alias) => ({
          alias,
          artifactCollectionName: artifact.name,
        })),
        description: artifact.description ?? null,
        metadata: artifact.metadata ?? null,
        digest: artifact.digest,
        digestAlgorithm: "MANIFEST_MD5",
        enableDigestDeduplication: true,
        historyStep: artifact.step,
        clientID: artifact.clientId,
        sequenceClientID: artifact.sequenceClientId,
        ...{ clientMutationId: null, distributedID: null, labels: null, storageRegion: null },
        ttlDurationSeconds: null,
      },
    },
    options,
  );
  const { id, state } = artifactOf(created);
  if (state === "COMMITTED") return; // the same files exist, or the answer to an earlier attempt was lost
  const manifest = async (digest: string, includeUpload: boolean) => {
    const data = await api.graphql(
      CREATE_ARTIFACT_MANIFEST,
      {
        ...names,
        artifactID: id,
        baseArtifactID: null,
        name: MANIFEST_NAME,
        manifestType: "FULL",
        ...{ digest, includeUpload },
      },
      options,
    );
    return manifestOf(data);
  };
  const { id: manifestId } = await manifest("", false);
  for (let at = 0; at < artifact.files.length; at += FILES_PER_REQUEST) {
    const files = artifact.files.slice(at, at + FILES_PER_REQUEST);
    const input = {
      artifactFiles: files.map(({ name, md5 }) => ({
        ...{ artifactID: id, artifactManifestID: manifestId, name, md5 },
        ...{ mimetype: null, uploadPartsInput: null },
      })),
      ...{ clientMutationId: null, cloudRegionID: null, storageLayout: "V2" },
    };
    const answer = await api.graphql(CREATE_ARTIFACT_FILES, { input }, options);
    for (const [index, target] of artifactFilesOf(answer, files.length).entries()) {
      const file = files[index];
      if (file) await api.upload(target, file.content, options);
    }
  }
  const text = manifestText(artifact, id);
  const digest = createHash("md5").update(text).digest("base64");
  const final = await manifest(digest, true);
  await api.upload(final.file, Buffer.from(text), options);
  requireCommitted(await api.graphql(COMMIT_ARTIFACT, { artifactID: id }, options));
}
