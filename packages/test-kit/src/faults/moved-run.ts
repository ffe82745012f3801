import { existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneralTracker, TrackerCreation, TrackerRun } from "@acc/core";
import { TestRun } from "@acc/core/testing";

export type MovedRunSubject = {
  /** A tracker of this run. `project` is the folder that is moved; the logging directory is `project/runs`. */
  readonly create: (run: TrackerRun, project: string) => GeneralTracker;
  /** Which folder is moved: the whole project, or its logging directory alone. */
  readonly moved: "project" | "runs";
};

/**
 * A run whose process is killed, and whose folder is moved before another process delivers the rest: as `mv` between a
 * training and `acc sync`.
 *
 * @returns the project where it is now, and whether anything is at its old place.
 */
export async function deliverMoved({
  create,
  moved,
}: MovedRunSubject): Promise<{ readonly project: string; readonly isOldPlaceUsed: boolean }> {
  const base = mkdtempSync(join(tmpdir(), "acc-moved-"));
  const run = new TestRun({ startedMs: 1_795_000_000_000 });
  const [from, to] = moved === "project" ? ["a", "b"] : ["a/runs", "a/runs2"];
  const runsOf = (project: string, runs: string): string => join(project, runs, ".acc", "1", "own");
  const log = (step: number): void => {
    const context = { step, wallTimeMs: run.startedMs + step };
    run.post({ type: "metrics", values: { loss: step }, context });
  };
  const before = join(base, "a");
  const attached = (folder: string, isReplay: boolean): TrackerRun => ({
    ...run.attach({ isReplay }),
    folder,
  });
  mkdirSync(runsOf(before, "runs"), { recursive: true });
  const first = create(attached(runsOf(before, "runs"), false), before);
  await first.start();
  for (let step = 0; step < 3; step++) log(step);
  await run.deliver(first);
  for (let step = 3; step < 6; step++) log(step);
  renameSync(join(base, from as string), join(base, to as string));
  const project = moved === "project" ? join(base, "b") : before;
  const folder = runsOf(project, moved === "project" ? "runs" : "runs2");
  const next = create(attached(folder, true), before);
  await next.start();
  await run.deliver(next);
  await next.finish("success");
  return { project, isOldPlaceUsed: existsSync(join(base, from as string)) };
}

/** The parts of a creation that do not matter to these tests. */
export function creationOf(run: TrackerRun, project: string, options: object): TrackerCreation {
  return { projectName: "proj", loggingDir: join(project, "runs"), options, run };
}
