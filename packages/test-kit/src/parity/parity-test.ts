import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type Test } from "uvu";
import {
  type ExpectedDifference,
  type Outcome,
  readBack,
  replayScenario,
  requireParity,
  scenariosOf,
} from "./parity.ts";

export type ParityOptions = {
  /** The name of the tracker in Accelerate. */
  readonly tracker: string;
  /**
   * With the tracker's official reader, as `pythonOf` gives it; the installer has reported what could not be installed.
   */
  readonly python: string | undefined;
  /** Listed in words in the documentation of the tracker too. */
  readonly expected: readonly ExpectedDifference[];
  /** Which of the recorded scenarios are compared. Default all. */
  readonly isWanted?: (scenario: string) => boolean;
  /** Added to the environment of the replays. */
  readonly env?: { readonly [name: string]: string };
  /** Completes what the replay left in its folder. */
  readonly beforeReading?: (folder: string) => Promise<void>;
  /** Scenarios that run at the same time. Default 1. */
  readonly atOnce?: number;
};

/** A suite whose one test replays what was recorded with Accelerate, and compares; the caller runs it. */
export function parityTest(title: string, options: ParityOptions): Test {
  const test = suite(title);
  const { python } = options;
  if (python === undefined) test.skip(TEST_NAME);
  else test(TEST_NAME, () => compareScenarios(python, options));
  return test;
}

const TEST_NAME = "the same calls are read back the same, except for what is listed";

async function compareScenarios(
  python: string,
  { tracker, expected, isWanted, env, beforeReading, atOnce = 1 }: ParityOptions,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "acc-parity-"));
  const outcomes: Record<string, Outcome> = {};
  const waiting = scenariosOf(tracker).filter((scenario) => isWanted?.(scenario) ?? true);
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const folder = join(root, scenario);
      const { errors } = await replayScenario(tracker, scenario, folder, env);
      await beforeReading?.(folder);
      outcomes[scenario] = { errors, recorded: await readBack(tracker, folder, python) };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  requireParity(tracker, outcomes, expected);
}
