import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";
import { testCheck } from "./test-test-command.ts";

const test = suite("acc test");

testCheck(test, 2);

test("takes its settings from a configuration file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-test-of-test-"));
  const file = join(folder, "config.yaml");
  writeFileSync(file, "num_processes: 1\nmax_restarts: 2\n");
  const { stdout } = await runAcc(["test", "--config-file", file]);
  assert.match(stdout, "on 1 replica.");
  rmSync(folder, { recursive: true });
});

test("a wrong number of replicas, and arguments, are told before anything runs", async () => {
  const wrong = await runAcc(["test", "--num-processes", "0"]);
  assert.match(wrong.stderr, "[NUM_PROCESSES_INVALID]");
  const extra = await runAcc(["test", "train.ts"]);
  assert.match(extra.stderr, 'unexpected argument "train.ts"; it takes none');
  for (const { code, stdout } of [wrong, extra]) assert.equal([code, stdout], [2, ""]);
});

test.run();
