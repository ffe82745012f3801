/** Five seconds of 10 000 logs a second for every tracker, without a server: the tests of the packages have less. */
import { join } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("trackers under load");
const CASE = /10 000 logs a second/;
const LOAD_MS = 5_000;

/** Options with which each tracker records without a server; MLflow and Aim wait in the journal for one. */
const OPTIONS: Record<string, (folder: string) => object> = {
  aim: () => ({}),
  clearml: (folder) => ({ offline: true, cacheDir: folder }),
  comet_ml: (folder) => ({ online: false, offlineDirectory: folder }),
  dvclive: (folder) => ({ dir: join(folder, "dvclive"), saveDvcExp: false }),
  mlflow: () => ({}),
  swanlab: (folder) => ({ mode: "offline", logDir: folder }),
  tensorboard: () => ({}),
  trackio: (folder) => ({ dir: join(folder, "trackio") }),
  wandb: (folder) => ({ mode: "offline", dir: folder }),
};

for (const [tracker, options] of Object.entries(OPTIONS)) {
  const moduleUrl = import.meta.resolve(`@acc/tracker-${tracker.replace("_", "-")}`);
  const subject = { name: tracker, moduleUrl, options, loadMs: LOAD_MS };
  const cases = trackerContract(subject).filter(({ name }) => CASE.test(name));
  assert.is(cases.length, 1);
  for (const { name, run } of cases) test(name, run);
}

test.run();
