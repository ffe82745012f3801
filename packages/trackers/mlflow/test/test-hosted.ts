import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { StubServer } from "./stub-server.ts";
import { killAfterStep, scratch, sync } from "./training.ts";

/** What the server holds of the only run, without times. */
export function holdings(server: StubServer) {
  const [run, ...others] = server.runs.values();
  assert.equal(others, []);
  assert.ok(run);
  const losses = (run.metrics.loss ?? []).map((point) => point.split(" ").slice(0, 2).map(Number));
  const artifacts = [...server.artifacts.keys()].map((path) => path.split("/artifacts/")[1] ?? "");
  return { run, losses, artifacts };
}

export async function withServer(
  use: (server: StubServer, uri: string) => Promise<void>,
): Promise<void> {
  const server = new StubServer();
  const uri = await server.start();
  try {
    await use(server, uri);
  } finally {
    await server.stop();
  }
}

/** Tests that a run which is killed after a step is whole behind it once `acc sync` has delivered the rest. */
export function testKill(test: Test, stepsBefore: number): void {
  test(`killed after step ${stepsBefore}, with a server that fails now and then: acc sync brings the rest, once`, () =>
    withServer(async (server, uri) => {
      const folder = scratch();
      server.fault = ({ count }) => (count % 3 === 0 ? "reset after" : undefined);
      const last = await killAfterStep(stepsBefore, folder, { MLFLOW_TRACKING_URI: uri });
      server.fault = () => undefined;
      const synced = await sync(folder, { MLFLOW_TRACKING_URI: uri });
      assert.is(synced.code, 0, synced.output);
      const { losses, run } = holdings(server);
      const statuses = [...server.models.byId.values()].map(({ info }) => info.status);
      assert.equal(statuses, ["LOGGED_MODEL_READY"]);
      assert.is(Object.keys(run.inputs).length, 1);
      assert.equal(
        losses,
        Array.from({ length: losses.length }, (_, step) => [step, 1 / (step + 1)]),
      );
      // The journal is written every 100 ms.
      assert.ok(losses.length > last - 30, `${losses.length} values after step ${last}`);
    }));
}
