import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import {
  type ExpectedDifference,
  type Outcome,
  readBack,
  replayScenario,
  requireParity,
  scenariosOf,
} from "../../../../tools/peers/parity/parity.mjs";
import { pythonOf } from "../../../../tools/peers/python.mjs";

const TRACKER = "wandb";
const test = suite("W&B against Accelerate");
const python = pythonOf("packages/trackers/wandb/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // what could not be installed, the installer said

const differ = (
  scenario: string | readonly string[],
  reason: string,
  ...paths: readonly (readonly string[])[]
): ExpectedDifference[] => paths.map((path) => ({ scenario, path, reason }));

/** The same list, in words, is in docs/trackers/wandb.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ("*", "there are no Python packages to list", ["files"]),
  {
    ...{ scenario: "config-nonfinite", path: ["config", "a"], ours: "NaN" },
    reason: "null would lose it",
  },
  {
    ...{ scenario: "config-nonfinite", path: ["config", "b"], ours: "Infinity" },
    reason: "the bare word is no JSON",
  },
  ...differ(
    ["steps", "steps-odd"],
    "what comes for an earlier or equal step is kept, at the next free step; there it is dropped or overwrites",
    ["history"],
    ["summary", "accelerate/step"],
  ),
  ...differ(
    "values",
    "a tensor of one element with a dimension is a list like any other; there PyTorch makes it a number",
    ["history", "12", "1", "tensor1"],
    ["summary", "tensor1"],
  ),
  ...differ(
    "media-wandb",
    "files are named after the step of their row, PNG encoders differ, ids of artifacts are random there",
    ["history"],
    ["summary", "img", "filenames"],
    ["summary", "tab", "path"],
    ["summary", "tab", "artifact_path"],
    ["summary", "tab", "_latest_artifact_path"],
  ),
  ...differ(
    "media-wandb",
    "a single image is one; there it must be in a list",
    ["errors", "log_images 2"],
    ["summary", "one"],
  ),
  ...differ(
    "media-wandb",
    "a table without columns is refused; there it is three columns without rows",
    ["errors", "log_table 3"],
    ["summary", "none"],
  ),
];

/** As many as keep two processors busy while others start. */
const AT_ONCE = 4;

run("the same calls are read back the same, save for what is listed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-parity-"));
  const outcomes: Record<string, Outcome> = {};
  const waiting = scenariosOf(TRACKER);
  const work = async () => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      const here = join(folder, scenario);
      const { errors } = await replayScenario(TRACKER, scenario, here);
      outcomes[scenario] = { errors, recorded: await readBack(TRACKER, here, python as string) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  requireParity(TRACKER, outcomes, expected);
});

test.run();
