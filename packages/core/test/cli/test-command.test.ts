import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";

const test = suite("acc test");

for (const count of [1, 2, 3]) {
  test(`checks ${count} of the replicas, and leaves nothing`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-test-of-test-"));
    const args = ["test", "--num-processes", String(count)];
    const { code, stdout, stderr } = await runAcc(args, { env: { TMPDIR: folder } });
    assert.is(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.is(lines.length, 5);
    const topics = ["collectives", "data sharding", "training", "checkpoints"];
    for (const [index, topic] of topics.entries()) {
      assert.match(lines[index] ?? "", new RegExp(`^ok {2}${topic}: `));
    }
    const replicas = count === 1 ? "1 replica" : `${count} replicas`;
    assert.is(lines[4], `All 4 checks have passed on ${replicas}.`);
    assert.equal(
      readdirSync(folder).filter((name) => name.startsWith("acc-test-")),
      [],
    );
    rmSync(folder, { recursive: true });
  });
}

test("takes its settings from a configuration file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-test-of-test-"));
  const file = join(folder, "config.yaml");
  writeFileSync(file, "num_processes: 2\nmax_restarts: 2\n");
  const { stdout } = await runAcc(["test", "--config-file", file]);
  assert.match(stdout, "on 2 replicas.");
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
