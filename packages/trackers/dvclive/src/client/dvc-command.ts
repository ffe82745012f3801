import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gitInfo } from "@acc/tracker-kit";

const TIMEOUT_MS = 120_000;

/** Whether a folder is in a DVC repository within a git repository that has commits. */
export async function isDvcRepository(folder: string): Promise<boolean> {
  const git = await gitInfo(folder);
  if (!git) return false;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".dvc"))) return true;
    if (existsSync(join(at, ".git")) || dirname(at) === at) return false;
  }
}

/** @returns why it failed, or undefined. */
export async function runDvc(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)("dvc", args, {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: { ...process.env, DVC_NO_ANALYTICS: "1" },
    });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") return "the command dvc is not installed";
    return stderr?.trim().split("\n").at(-1) || String(error);
  }
}
