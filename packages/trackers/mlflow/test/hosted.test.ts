import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { StubServer } from "./stub-server.ts";
import { holdings, testKill, withServer } from "./test-hosted.ts";
import { scratch, sync, train } from "./training.ts";

const test = suite("MLflow through the public API");
function requireWhole(server: StubServer, steps: number): void {
  const { run, losses, artifacts } = holdings(server);
  assert.equal(
    losses,
    Array.from({ length: steps }, (_, step) => [step, 1 / (step + 1)]),
  );
  assert.is(run.status, "FINISHED");
  assert.equal(run.params, { steps: String(steps), "opt/name": "adam" });
  assert.is(run.tags.by, "the native object");
  assert.is(run.tags.phase, "full");
  assert.is(artifacts.filter((path) => path.startsWith("texts/phase/")).length, 2);
  assert.is(artifacts.filter((path) => path.startsWith("images/sample+step+5+")).length, 2);
  assert.ok(artifacts.includes("tables/errors.json"));
  const [, weights] =
    [...server.artifacts].find(([path]) => path.endsWith("model/weights.bin")) ?? [];
  assert.is(weights?.toString(), "weights", "as it was when it was logged");
}

test("records a run, whole", () =>
  withServer(async (server, uri) => {
    const { code, output } = await train(scratch(), [50], { MLFLOW_TRACKING_URI: uri }).ended;
    assert.is(code, 0, output);
    assert.not.match(output, /Warning/);
    requireWhole(server, 50);
  }));

test("without a server it says once what to set; acc sync delivers, and has nothing to do again", () =>
  withServer(async (server, uri) => {
    const folder = scratch();
    const { code, output } = await train(folder, [50]).ended;
    assert.is(code, 0, output);
    assert.match(output, /ended/);
    assert.match(output, /Set MLFLOW_TRACKING_URI.*acc sync/);
    for (let round = 0; round < 2; round++) {
      const synced = await sync(folder, { MLFLOW_TRACKING_URI: uri });
      assert.is(synced.code, 0, synced.output);
      requireWhole(server, 50);
    }
  }));

testKill(test, 12);

test.run();
