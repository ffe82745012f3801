const REGISTRY = "registry-";
/** Names of Trackio's own files beside a project's. */
const OWN_FILES =
  /_(system|configs|traces|artifacts|artifact_versions|artifact_aliases|run_artifact_links|external_run_artifact_links)$/;

/** The name of a project's files: letters and digits of any script, `_` and `-`. Projects with one such name are one project. */
export function projectFolder(project: string): string {
  return project.replaceAll(/[^\p{L}\p{N}_-]/gu, "") || "default";
}

/** The name under which Trackio takes a project: the same, unless its files would be taken for those of another. */
export function storableProject(project: string): string {
  const start = projectFolder(project).startsWith(REGISTRY) ? "_" : "";
  const end = OWN_FILES.test(projectFolder(project)) ? "_" : "";
  return start + project + end;
}
