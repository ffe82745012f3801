import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { withoutUrlSecrets } from "@acc/core/tracker";

/** The state of the git checkout that a folder belongs to. */
export type GitInfo = {
  readonly root: string;
  readonly commit: string;
  readonly branch: string | undefined;
  /** URL of `origin`, without user name, password and keys in its query. */
  readonly remote: string | undefined;
};

const TIMEOUT_MS = 5000;

/** What tells a repository apart, wherever it was cloned to. */
export type GitOrigin = {
  /** Name of the user, from git's settings. */
  readonly user: string | undefined;
  /** Hash of the oldest commit. */
  readonly firstCommit: string | undefined;
};

/** @returns undefined outside of a checkout, without commits, or where git is not installed. */
export async function gitInfo(folder: string): Promise<GitInfo | undefined> {
  const [root, commit, branch, remote] = await Promise.all([
    git(folder, "rev-parse", "--show-toplevel"),
    git(folder, "rev-parse", "HEAD"),
    git(folder, "symbolic-ref", "--short", "-q", "HEAD"),
    git(folder, "remote", "get-url", "origin"),
  ]);
  if (!root || !commit) return undefined;
  return { root, commit, branch, remote: remote && withoutUrlSecrets(remote) };
}

/** Reads all commits, which takes a while in a large repository. */
export async function gitOrigin(folder: string): Promise<GitOrigin> {
  const [user, roots] = await Promise.all([
    git(folder, "config", "user.name"),
    git(folder, "rev-list", "--max-parents=0", "HEAD"),
  ]);
  return { user, firstCommit: roots?.split("\n").at(-1) }; // merged histories have several
}

async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  try {
    const options = { cwd: folder, timeout: TIMEOUT_MS };
    const { stdout } = await promisify(execFile)("git", args, options);
    return stdout.trim() || undefined;
  } catch {
    return undefined; // no git, no repository, no such branch or remote
  }
}
