import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  ended,
  KEY,
  online,
  printed,
  start,
  sync,
  temporary,
  train,
  withStub,
} from "./fixtures/run-script.ts";
import type { Stub, StubRun } from "./fixtures/vectors/stub.mjs";
import { looseParse, offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B through the accelerator");
function requireWhole(stub: Stub, exitCode: number): void {
  const { "acc/proj/run1": run, ...others } = stub.state.runs;
  assert.equal(others, {});
  const { history, offsetErrors, complete, exitcode, config, summary } = run as StubRun;
  const rows = history.map((line) => looseParse(line) as Record<string, unknown>);
  assert.equal(
    rows.map(({ _step, loss, train }) => [_step, loss, train]),
    [
      ...Array.from({ length: 60 }, (_, step) => [step, step / 4, { step }]),
      [60, undefined, undefined],
    ],
  );
  const last = rows.at(-1) as Record<string, { _type: string }>;
  assert.equal(
    ["sample", "errors", "weights"].map((key) => last[key]?._type),
    ["image-file", "table-file", "histogram"],
  );
  assert.equal([offsetErrors, complete, exitcode], [[], true, exitCode]);
  assert.equal(config.layers, { value: [64, 10] });
  assert.is((looseParse(summary ?? "{}") as { best: number }).best, 0.125);
  const artifacts = Object.values(stub.state.artifacts).map(
    ({ artifactCollectionName, state }) => `${artifactCollectionName} ${state}`,
  );
  assert.equal(artifacts.sort(), ["notes COMMITTED", "run-run1-errors COMMITTED"]);
}

test("a training script records everything", async () => {
  await withStub(async (stub) => {
    const { code, output } = await train(temporary(), "end", online(stub.url));
    assert.is(code, 0, output);
    assert.match(output, "run1 proj false");
    requireWhole(stub, 0);
  });
});

test("a server that comes up while training goes on gets everything", async () => {
  const port = await withStub(async () => {});
  const child = start("train.ts", [temporary(), "end"], online(`http://127.0.0.1:${port}`));
  const training = ended(child);
  await printed(child, "cannot deliver now");
  await withStub(async (stub) => {
    const { code, output } = await training;
    assert.is(code, 0, output);
    requireWhole(stub, 0);
  }, port);
});

test("without a key the run waits on disk, and acc sync delivers it once", async () => {
  const dir = temporary();
  await withStub(async (stub) => {
    const { WANDB_API_KEY: _, ...withoutKey } = online(stub.url);
    const { code, output } = await train(dir, "end", { ...withoutKey, HOME: dir });
    assert.is(code, 0, output);
    assert.match(output, "acc sync");
    assert.equal(stub.state.runs, {});
    // The key is all that sync needs: the rest was decided when the run began.
    for (let times = 0; times < 2; times++) {
      const { code, output } = await sync(dir, { WANDB_API_KEY: KEY, HOME: dir });
      assert.is(code, 0, output);
    }
    requireWhole(stub, 0);
  });
});

test("a process that is killed loses nothing that was logged, and acc sync ends its run", async () => {
  const dir = temporary();
  await withStub(async (stub) => {
    const { code, output } = await train(dir, "kill", online(stub.url));
    assert.is(code, null, output);
    const synced = await sync(dir, { WANDB_API_KEY: KEY });
    assert.is(synced.code, 0, synced.output);
    requireWhole(stub, 1);
  });
});

test("an offline run of a process that is killed is whole after acc sync", async () => {
  for (const end of ["end", "kill"] as const) {
    const dir = temporary();
    await train(dir, end, { WANDB_MODE: "offline", WANDB_DIR: dir });
    const synced = await sync(dir, {});
    assert.is(synced.code, 0, synced.output);
    const contents = readOfflineRun(offlineFolder(dir));
    assert.equal(
      contents.history.map(({ _step }) => _step),
      Array.from({ length: 61 }, (_, step) => step),
    );
    assert.equal([contents.exitCode, contents.artifacts], [end === "end" ? 0 : 1, 2]);
    assert.is(contents.summary.best, 0.125);
    assert.is(readdirSync(join(offlineFolder(dir), "artifacts")).length, 2);
  }
});

test.run();
