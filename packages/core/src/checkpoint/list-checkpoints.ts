import type { CheckpointSummary } from "./checkpoint.ts";
import { findCheckpoints } from "./files/find-checkpoints.ts";

/** The complete checkpoints in a folder, the oldest first. */
export async function listCheckpoints(folder: string): Promise<CheckpointSummary[]> {
  const found = await findCheckpoints(folder);
  return found.flatMap(({ folder: path, iteration, manifest }) => {
    if (!manifest) return [];
    const { steps, epoch, metrics, createdMs } = manifest;
    return [{ path, iteration, steps, epoch, metrics, createdMs }];
  });
}
