import { pythonOf } from "@acc/test-kit/peers/python";
import { startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { readRuns } from "@acc/test-kit/servers/read-mlflow";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { killAfterStep, scratch, sync } from "./training.ts";

const test = suite("MLflow server and acc sync");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported what could not be installed

run("a training killed at any moment is delivered by acc sync, every value once", async () => {
  const server = await startMlflowServer(python as string);
  try {
    for (const step of [0, 3, 6, 20, 60]) {
      const folder = scratch();
      const env = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_EXPERIMENT_NAME: `killed ${step}` };
      const last = await killAfterStep(step, folder, env);
      for (let round = 0; round < 2; round++) {
        const synced = await sync(folder, { MLFLOW_TRACKING_URI: server.uri });
        assert.is(synced.code, 0, synced.output);
      }
      const [found, ...others] = await readRuns(python as string, server.uri, `killed ${step}`);
      assert.equal(others, []);
      const losses = (found?.metrics.loss ?? []).map(([at, value]) => [at, value]);
      const expected = Array.from({ length: losses.length }, (_, at) => [at, 1 / (at + 1)]);
      assert.equal(losses, expected);
      // The journal is written every 100 ms.
      assert.ok(losses.length > last - 30, `${losses.length} values after step ${last}`);
      assert.is(found?.params["opt/name"], "adam");
      assert.is(found?.tags.by, "the native object");
    }
  } finally {
    await server.remove();
  }
});

test.run();
