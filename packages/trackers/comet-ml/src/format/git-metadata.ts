import type { GitInfo, GitOrigin } from "@acc/tracker-kit";

/** A git checkout as Comet shows it on the page of an experiment. Null: not known. */
export type GitMetadata = {
  /** Name of the user, from the settings of git. */
  readonly user: string | null;
  /** The first commit, by which Comet knows the repository again. */
  readonly root: string | null;
  /** Such as `refs/heads/main`. */
  readonly branch: string | null;
  /** The commit that is checked out. */
  readonly parent: string;
  /** The address of `origin`, without user name, password and keys. */
  readonly origin: string | null;
};

export function gitMetadataOf(
  { branch, commit, remote }: GitInfo,
  { user, firstCommit }: GitOrigin,
): GitMetadata {
  return {
    user: user ?? null,
    root: firstCommit ?? null,
    branch: branch === undefined ? null : `refs/heads/${branch}`,
    parent: commit,
    origin: remote ?? null,
  };
}

/** The name of the repository, from its address. */
export function repositoryName(origin: string | null): string | null {
  return /([^/:]+?)(?:\.git)?\/*$/.exec(origin ?? "")?.[1] ?? null;
}
