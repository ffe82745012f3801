import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";

/** Tests that `acc test` checks so many replicas. */
export function testCheck(test: Test, count: number): void {
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
