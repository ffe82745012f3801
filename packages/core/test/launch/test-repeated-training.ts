/** A script without an accelerator, which trains on every replica. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs the script with `acc launch`, and counts its warnings. */
export function launched(
  way: string,
  numProcesses: number,
): { warnings: number; status: number | null } {
  const acc = pathOf("../../bin/acc.mjs");
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      ...[acc, "launch", "--num-processes", String(numProcesses)],
      ...[pathOf("./fixtures/train-apart.ts"), way],
    ],
    { encoding: "utf8", timeout: 120_000 },
  );
  return { warnings: stderr.split("has trained once on each of the").length - 1, status };
}

export function testWarning(test: Test, way: string): void {
  test(`${way}: is told once, at the end`, () => {
    assert.equal(launched(way, 2), { warnings: 1, status: 0 });
  });
}

export function testSilence(test: Test, way: string): void {
  test(`${way}: no false alarm`, () => {
    assert.equal(launched(way, 2), { warnings: 0, status: 0 });
  });
}
