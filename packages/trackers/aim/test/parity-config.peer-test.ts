import { suite } from "uvu";
import { python } from "./aim-server.ts";
import { compareScenarios, differ } from "./parity.ts";

const test = suite("Aim beside Accelerate: configurations");
const run = python ? test : test.skip; // what could not be installed, the installer said

run("are read back the same, save for what is listed", async () => {
  await compareScenarios(
    (scenario) => scenario.includes("config"),
    // The same list, in words, is in docs/trackers/aim.md.
    differ(
      "config-objects",
      "a tensor of the configuration is its value; there it is an error that loses the configuration",
      ["runs", "0", "hparams"],
      ["errors", "init_trackers"],
    ),
  );
});

test.run();
