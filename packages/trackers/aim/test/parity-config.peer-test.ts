import { differ } from "@acc/test-kit/parity/differ";
import { aimParityTest } from "./parity.ts";

/** The same list, in words, is in docs/trackers/aim.md. */
const expected = differ(
  "config-objects",
  "a tensor of the configuration is its value; there it is an error that loses the configuration",
  ["runs", "0", "hparams"],
  ["errors", "init_trackers"],
);

const test = aimParityTest(
  "Aim beside Accelerate: configurations",
  (scenario) => scenario.includes("config"),
  expected,
);

test.run();
