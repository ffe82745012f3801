/** The operations of W&B's GraphQL API that a run needs, under the names that its own client gives them. */

export const UPSERT_BUCKET = `
mutation UpsertBucket(
  $id: String, $name: String, $project: String, $entity: String, $groupName: String, $description: String,
  $displayName: String, $notes: String, $commit: String, $config: JSONString, $host: String, $debug: Boolean,
  $program: String, $repo: String, $jobType: String, $state: String, $sweep: String, $tags: [String!],
  $summaryMetrics: JSONString
) {
  upsertBucket(input: {
    id: $id, name: $name, modelName: $project, entityName: $entity, groupName: $groupName,
    description: $description, displayName: $displayName, notes: $notes, commit: $commit, config: $config,
    host: $host, debug: $debug, jobProgram: $program, jobRepo: $repo, jobType: $jobType, state: $state,
    sweep: $sweep, tags: $tags, summaryMetrics: $summaryMetrics
  }) {
    bucket {
      id name displayName config historyLineCount
      project { id name entity { id name } }
    }
    inserted
  }
}`;

export type Bucket = {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly historyLineCount: number | null;
  readonly project: { readonly name: string; readonly entity: { readonly name: string } } | null;
};

export const RUN_RESUME_STATUS = `
query RunResumeStatus($project: String, $entity: String, $name: String!) {
  model(name: $project, entityName: $entity) {
    id name
    entity { id name }
    bucket(name: $name, missingOk: true) {
      id name displayName config tags summaryMetrics
      historyLineCount eventsLineCount logLineCount historyTail
      wandbConfig(keys: ["t"])
    }
  }
}`;

/** A run that the server has. JSON texts may hold bare NaN and infinities. */
export type ExistingRun = {
  readonly id: string;
  readonly config: string | null;
  readonly tags: readonly string[] | null;
  readonly summaryMetrics: string | null;
  readonly historyLineCount: number | null;
  readonly eventsLineCount?: number | null;
  readonly logLineCount?: number | null;
  /** The last lines, as the JSON text of a list of JSON texts. */
  readonly historyTail: string | null;
};

export const NOTIFY_ALERT = `
mutation NotifyScriptableRunAlert(
  $entityName: String!, $projectName: String!, $runName: String!, $title: String!, $text: String!,
  $severity: AlertSeverity = INFO, $waitDuration: Duration
) {
  notifyScriptableRunAlert(input: {
    entityName: $entityName, projectName: $projectName, runName: $runName, title: $title, text: $text,
    severity: $severity, waitDuration: $waitDuration
  }) {
    success
  }
}`;

export const CREATE_RUN_FILES = `
mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    runID uploadHeaders
    files { name uploadUrl }
  }
}`;

export const CREATE_ARTIFACT = `
mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact { id state artifactSequence { latestArtifact { id } } }
  }
}`;

export const CREATE_ARTIFACT_MANIFEST = `
mutation CreateArtifactManifest(
  $artifactID: ID!, $baseArtifactID: ID, $name: String!, $digest: String!, $entityName: String!,
  $projectName: String!, $runName: String!, $manifestType: ArtifactManifestType!, $includeUpload: Boolean!
) {
  createArtifactManifest(input: {
    artifactID: $artifactID, baseArtifactID: $baseArtifactID, name: $name, digest: $digest,
    entityName: $entityName, projectName: $projectName, runName: $runName, type: $manifestType
  }) {
    artifactManifest {
      id
      file { id uploadUrl @include(if: $includeUpload) uploadHeaders @include(if: $includeUpload) }
    }
  }
}`;

export const CREATE_ARTIFACT_FILES = `
mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files { edges { node { storagePath uploadUrl uploadHeaders artifact { id } } } }
  }
}`;

export const COMMIT_ARTIFACT = `
mutation CommitArtifact($artifactID: ID!) {
  commitArtifact(input: {artifactID: $artifactID}) { artifact { id digest } }
}`;
