import { differ } from "@acc/test-kit/parity/differ";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { aimParityTest, metric } from "./parity.ts";

const SCENARIOS = new Set(["values", "mixed", "mixed-bad", "mutation", "keys", "media-aim"]);

/** The same list, in words, is in docs/trackers/aim.md. */
const expected: readonly ExpectedDifference[] = [
  ...differ(
    ["values", "mixed", "mixed-bad", "mutation"],
    "strings are texts, nested values name/part, lists distributions, null is left out; there they are errors",
    ...["log 0", "log 1", "log 6", "log 7", "log 8", "log 9", "log 13", "log 22"].map((call) => [
      "errors",
      call,
    ]),
    ...["dict/a", "dict/b", "dict_deep/a/b", "group/a", "d/a"].map((name) => metric(name)),
  ),
  ...differ(
    ["mixed", "mixed-bad"],
    "what follows a value that Aim does not take is recorded; there it is lost",
    ...["flag", "last"].map((name) => metric(name)),
  ),
  ...differ(
    "keys",
    "an empty name is recorded as (empty); there it makes the whole run unreadable",
    ["reader_error"],
    ["runs"],
  ),
  ...differ("media-aim", "a caption is an option of the call; there it is the second of a pair", [
    "runs",
    "0",
    "images",
    "cap",
    "0",
    "1",
    "0",
    "caption",
  ]),
  ...differ(
    "media-aim",
    "a list of images is recorded as such; there it is an error",
    ["runs", "0", "images", "list"],
    ["errors", "log_images 2"],
  ),
];

const test = aimParityTest(
  "Aim beside Accelerate: values",
  (scenario) => SCENARIOS.has(scenario),
  expected,
);

test.run();
