import { existsSync } from "node:fs";
import { join } from "node:path";

/** Folder of all runs below `dir`: `wandb`, or `.wandb` where that is in use. */
export function wandbFolder(dir: string): string {
  const hidden = join(dir, ".wandb");
  return existsSync(hidden) ? hidden : join(dir, "wandb");
}
