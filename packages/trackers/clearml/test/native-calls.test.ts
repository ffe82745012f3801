import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accelerator, type AcceleratorError } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import "../src/index.ts";

const test = suite("calls of ClearML's native object from a script");

test("are named where they do not exist, with the nearest name; odd arguments do not end the script", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-clearml-native-"));
  const accelerator = new Accelerator({ logWith: "clearml", projectDir: folder });
  await accelerator.initTrackers("native", {
    initOptions: { clearml: { offline: true, cacheDir: folder } },
  });
  const task = accelerator.getTracker("clearml", { unwrap: true });
  const messageOf = (use: () => unknown): string => {
    try {
      use();
    } catch (error) {
      return `${(error as AcceleratorError).code}: ${(error as Error).message}`;
    }
    return "no error";
  };
  assert.match(
    messageOf(() => task.logger.reportScaler("a", "b", 1, 1)),
    /^VALUE_INVALID: .*"clearml" has no "logger\.reportScaler"\. Did you mean "logger\.reportScalar"\?/,
  );
  assert.match(
    messageOf(() => task.addTag("x")),
    /has no "addTag"\. Did you mean "addTags"\?/,
  );
  // What the language does with any object must not reach the other thread, which has no answer.
  assert.is(await task, task);
  assert.is(JSON.stringify({ task }), "{}");
  assert.is(`${task}`, 'the native object of the tracker "clearml"');
  assert.match(
    messageOf(() => `${task.id}`),
    /^VALUE_INVALID: "id" of the tracker "clearml" is on another thread: await it/,
  );
  for (const use of [() => task.id.nope(), () => task.id.no.where]) {
    const error = await Promise.resolve(use()).catch((fault) => fault);
    assert.match(`${error.code}: ${error.message}`, /^VALUE_INVALID: .*"clearml" has no "id\.no/);
  }
  const thrown = await task.updateOutputModel("nowhere").catch((fault: AcceleratorError) => fault);
  assert.is(thrown.code, "VALUE_INVALID", "the code comes with an error of the other thread");
  assert.is(thrown.constructor.name, "AcceleratorError");
  assert.match(thrown.message, /no file or folder at the path/);
  const cycle: Record<string, unknown> = { lr: 0.5 };
  cycle.self = cycle;
  await task.connect({ cycle, call: () => 1, later: Promise.resolve(1), rate: 0.25 });
  await task.logger.reportScalar("loss", "train", 0.5, 3);
  assert.match(await task.id, /^offline-/);
  await accelerator.endTraining();
  const session = readdirSync(join(folder, "offline")).find((name) => !name.endsWith(".zip"));
  const read = (name: string) =>
    readFileSync(join(folder, "offline", String(session), name), "utf8");
  const { hyperparams } = JSON.parse(read("task.json"));
  assert.is(hyperparams.General["cycle/lr"].value, "0.5");
  assert.is(hyperparams.General.rate.value, "0.25");
  assert.match(read("metrics.jsonl"), '"value":0.5');
});

test.run();
