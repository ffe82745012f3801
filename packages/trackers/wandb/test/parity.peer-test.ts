import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { pythonOf } from "@acc/test-kit/peers/python";

const python = pythonOf("packages/trackers/wandb/test/fixtures/requirements.txt");

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

const test = parityTest("W&B against Accelerate", {
  tracker: "wandb",
  python,
  expected,
  atOnce: 4, // as many as keep two processors busy while others start
});

test.run();
