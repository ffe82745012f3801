import { suite } from "uvu";
import { testForeignRun } from "./test-foreign-run.ts";

const test = suite("keys do not go where a stranger's run says, with the other trackers");

for (const name of ["wandb", "comet_ml", "clearml", "swanlab", "trackio"] as const)
  testForeignRun(test, name);

test.run();
