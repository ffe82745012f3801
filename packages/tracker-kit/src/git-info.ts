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

/** @returns undefined outside of a checkout, without commits, or where git is not installed. */
export async function gitInfo(folder: string): Promise<GitInfo | undefined> {
  const run = promisify(execFile);
  const git = async (...args: string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await run("git", args, { cwd: folder, timeout: TIMEOUT_MS });
      return stdout.trim() || undefined;
    } catch {
      return undefined; // no git, no repository, no such branch or remote
    }
  };
  const [root, commit, branch, remote] = await Promise.all([
    git("rev-parse", "--show-toplevel"),
    git("rev-parse", "HEAD"),
    git("symbolic-ref", "--short", "-q", "HEAD"),
    git("remote", "get-url", "origin"),
  ]);
  if (!root || !commit) return undefined;
  return { root, commit, branch, remote: remote && withoutUrlSecrets(remote) };
}
