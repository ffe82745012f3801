import { pythonOf } from "@acc/test-kit/peers/python";
import { STEPS, trainKilled } from "@acc/test-kit/resume/killed-run";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { type ReadRun, readRuns } from "@acc/test-kit/servers/read-mlflow";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a run that was killed and resumed, in MLflow");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported why it could not be installed
const servers: MlflowServer[] = [];

test.after(async () => {
  for (const server of servers) await server.remove();
});

/** The only run of a server of its own, of a training that is killed or not. */
async function trainedRun(isKilled: boolean): Promise<ReadRun> {
  const server = await startMlflowServer(python as string);
  servers.push(server);
  await trainKilled("mlflow", { isKilled, env: { MLFLOW_TRACKING_URI: server.uri } });
  const [first, ...others] = await readRuns(python as string, server.uri, "killed");
  assert.equal(others, [], "it goes on with its run");
  return first as ReadRun;
}

/** Step and value, as the server has stored them. */
const pointsOf = ({ metrics }: ReadRun, name: string) =>
  metrics[name]?.map(([step, value]) => [step, value]);

run("is one run that is finished, and has each value once", async () => {
  const whole = await trainedRun(false);
  const killed = await trainedRun(true);
  assert.is(killed.status, "FINISHED");
  assert.equal(killed.params, whole.params);
  assert.equal(
    pointsOf(killed, "half"),
    Array.from({ length: STEPS }, (_, step) => [step, step / 2]),
  );
  assert.is(pointsOf(whole, "seen")?.length, STEPS);
  assert.equal(pointsOf(killed, "seen"), pointsOf(whole, "seen"));
});

test.run();
