import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFileSync } from "@acc/tracker-kit";
import { wandbFolder } from "./wandb-folder.ts";

/** The run that began with `resume: "auto"` below `dir` and did not end well. */
export function autoResumeId(dir: string): string | undefined {
  try {
    const { run_id } = JSON.parse(readFileSync(fileIn(dir), "utf8")) as { run_id?: unknown };
    return typeof run_id === "string" && run_id !== "" ? run_id : undefined;
  } catch {
    return undefined; // there is no file, or it was cut off
  }
}

/** Leaves the id for the next run, as W&B's own client does and reads it. */
export function rememberForAutoResume(dir: string, id: string): void {
  const path = fileIn(dir);
  mkdirSync(wandbFolder(dir), { recursive: true });
  replaceFileSync(path, JSON.stringify({ run_id: id }));
}

/** The run ended well: the next one begins anew. */
export function forgetAutoResume(dir: string, id: string): void {
  if (autoResumeId(dir) === id) rmSync(fileIn(dir), { force: true });
}

function fileIn(dir: string): string {
  return join(wandbFolder(dir), "wandb-resume.json");
}
