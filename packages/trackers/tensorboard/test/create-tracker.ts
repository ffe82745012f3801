import { TestRun } from "@acc/core/testing";
import type { TensorBoardOptions } from "../src/options.ts";
import { TensorBoardTracker } from "../src/tracker.ts";

/** A tracker that tests call directly, and what it told the user. */
export function createTracker(
  projectName: string,
  loggingDir: string,
  options: TensorBoardOptions = {},
): { readonly tracker: TensorBoardTracker; readonly warnings: readonly string[] } {
  const run = new TestRun();
  const tracker = new TensorBoardTracker({ projectName, loggingDir, options, run: run.attach() });
  return { tracker, warnings: run.warnings };
}
