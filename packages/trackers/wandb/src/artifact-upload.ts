import { createHash } from "node:crypto";
import { type ArtifactVersion, manifestText } from "./artifact.ts";
import {
  COMMIT_ARTIFACT,
  CREATE_ARTIFACT,
  CREATE_ARTIFACT_FILES,
  CREATE_ARTIFACT_MANIFEST,
} from "./queries.ts";
import type { UploadTarget, WandbApi } from "./wandb-api.ts";

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
  const created = await api.graphql<CreateArtifact>(
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
  const { id, state } = created.createArtifact.artifact;
  if (state === "COMMITTED") return; // the same files, or an attempt whose answer was lost
  const manifest = (digest: string, includeUpload: boolean) =>
    api.graphql<CreateManifest>(
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
  const draft = await manifest("", false);
  const manifestId = draft.createArtifactManifest.artifactManifest.id;
  for (let at = 0; at < artifact.files.length; at += FILES_PER_REQUEST) {
    const files = artifact.files.slice(at, at + FILES_PER_REQUEST);
    const input = {
      artifactFiles: files.map(({ name, md5 }) => ({
        ...{ artifactID: id, artifactManifestID: manifestId, name, md5 },
        ...{ mimetype: null, uploadPartsInput: null },
      })),
      ...{ clientMutationId: null, cloudRegionID: null, storageLayout: "V2" },
    };
    const answer = await api.graphql<CreateFiles>(CREATE_ARTIFACT_FILES, { input }, options);
    for (const [index, { node }] of answer.createArtifactFiles.files.edges.entries()) {
      const file = files[index];
      if (file) await api.upload(node, file.content, options);
    }
  }
  const text = manifestText(artifact, id);
  const digest = createHash("md5").update(text).digest("base64");
  const final = await manifest(digest, true);
  await api.upload(final.createArtifactManifest.artifactManifest.file, Buffer.from(text), options);
  await api.graphql(COMMIT_ARTIFACT, { artifactID: id }, options);
}

type CreateArtifact = {
  readonly createArtifact: { readonly artifact: { readonly id: string; readonly state: string } };
};
type CreateManifest = {
  readonly createArtifactManifest: {
    readonly artifactManifest: { readonly id: string; readonly file: UploadTarget };
  };
};
type CreateFiles = {
  readonly createArtifactFiles: {
    readonly files: { readonly edges: readonly { readonly node: UploadTarget }[] };
  };
};
