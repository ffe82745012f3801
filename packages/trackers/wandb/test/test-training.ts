import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sync, temporary, train } from "./fixtures/run-script.ts";
import type { Stub, StubRun } from "./fixtures/vectors/stub.mjs";
import { looseParse, offlineFolder, readOfflineRun } from "./read-run.ts";

/** Asserts that the server has all that the script records. */
export function requireWhole(stub: Stub, exitCode: number): void {
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
  // A process that was killed may have begun one, which stays as it is; `acc sync` sends the artifact again.
  const artifacts = Object.values(stub.state.artifacts)
    .filter(({ state }) => exitCode === 0 || state !== "PENDING")
    .map(({ artifactCollectionName, state }) => `${artifactCollectionName} ${state}`);
  assert.equal(artifacts.sort(), ["notes COMMITTED", "run-run1-errors COMMITTED"]);
}

export function testOffline(test: Test, end: "end" | "kill"): void {
  test(`an offline run is whole after acc sync, of a script whose end is: ${end}`, async () => {
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
  });
}
