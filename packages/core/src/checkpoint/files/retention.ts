import { join, resolve } from "node:path";
import { type CheckpointLock, lockCheckpoints } from "./checkpoint-lock.ts";
import { PIN } from "./checkpoint-names.ts";
import { writeError } from "./file-errors.ts";
import { type FoundCheckpoint, findCheckpoints } from "./find-checkpoints.ts";
import { discard, exists } from "./litter.ts";
import { type Candidate, type RetentionRules, requireRules, wantedBy } from "./retention-rules.ts";

export type RetentionOptions = {
  /** Paths of checkpoints that stay, such as the one that this run was resumed from. */
  readonly protect?: readonly string[];
  /** The lock of the folder, if the caller has it. */
  readonly lock?: CheckpointLock | undefined;
  /** Only says what would be removed. Default false. */
  readonly isDryRun?: boolean;
};

/**
 * Removes the checkpoints in a folder that no rule wants. The newest complete one stays in any case, and so do those that are
 * not complete or of a newer version: nobody knows what is in them. Call it after a checkpoint was written, never before.
 *
 * @returns what was removed, the oldest first.
 * @throws {AcceleratorError} `OPTION_INVALID`, `CHECKPOINT_BUSY`, `CHECKPOINT_FAILED`.
 */
export async function applyRetention(
  path: string,
  rules: RetentionRules,
  { protect = [], lock: held, isDryRun = false }: RetentionOptions = {},
): Promise<FoundCheckpoint[]> {
  requireRules(rules);
  const folder = resolve(path);
  const first = await unwanted(folder, rules, protect);
  if (first.length === 0 || isDryRun) return first;
  const lock = held ?? (await lockCheckpoints(folder));
  try {
    const found = await unwanted(folder, rules, protect); // another process may have removed some
    for (const { folder: victim } of found) await discard(victim);
    return found;
  } catch (error) {
    throw writeError(
      folder,
      error,
      "Some checkpoints are not removed yet; the next removal tries again.",
    );
  } finally {
    if (!held) await lock.release();
  }
}

async function unwanted(
  folder: string,
  rules: RetentionRules,
  protect: readonly string[],
): Promise<FoundCheckpoint[]> {
  const complete = (await findCheckpoints(folder)).filter(isComplete);
  const wanted = wantedBy(rules, complete);
  const kept = new Set(protect.map((path) => resolve(path)));
  const victims: FoundCheckpoint[] = [];
  for (const candidate of complete.slice(0, -1)) {
    if (wanted.has(candidate.iteration) || kept.has(candidate.folder)) continue;
    if (!(await exists(join(candidate.folder, PIN)))) victims.push(candidate);
  }
  return victims;
}

function isComplete(found: FoundCheckpoint): found is FoundCheckpoint & Candidate {
  return found.manifest !== undefined;
}
