import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { ResumeCase, ResumeOutcome } from "./resume-training.ts";

/** A case, and after how many batches it is saved, and killed. */
export type Interrupted<Case extends object = ResumeCase> = readonly [
  options: Case,
  saveAfter: number,
];

const TIMEOUT_MS = 120_000;

/**
 * Tests for each case that a run which is interrupted and goes on in new threads ends with the bits of one that is not
 * interrupted: weights, slots, learning rates and losses, on every rank. Control: two plain runs are equal.
 *
 * @param script a file whose default export is that of resume-training.ts or composed-training.ts, where the backend is found.
 */
export function testResume<Case extends object = ResumeCase>(
  test: Test,
  script: URL,
  numProcesses: number,
  cases: readonly Interrupted<Case>[],
): void {
  const folder = mkdtempSync(join(tmpdir(), "acc-resume-"));
  const at = (i: number) => join(folder, String(i));
  let first: Promise<ResumeOutcome[][]> | undefined;
  let second: Promise<ResumeOutcome[][]> | undefined;
  const runFirst = () => {
    first ??= runAll(script, numProcesses, [
      ...cases.map(([options]) => [options, {}] as const),
      ...cases.map(
        ([options, n], i) => [options, { folder: at(i), saveAfter: n, stopAfter: n }] as const,
      ),
    ]);
    return first;
  };
  const runSecond = async () => {
    await runFirst();
    second ??= runAll(script, numProcesses, [
      ...cases.map(([options], i) => [options, { folder: at(i), resume: true }] as const),
      ...cases.map(([options]) => [options, {}] as const),
    ]);
    return await second;
  };
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [i, [options, saveAfter]] of cases.entries()) {
    const name = Object.entries(options)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ");
    test(`${numProcesses} replica(s), ${name || "adam"}, saved after ${saveAfter} batches`, async () => {
      const plain = (await runFirst())[i] as ResumeOutcome[];
      const results = await runSecond();
      const resumed = results[i] as ResumeOutcome[];
      const again = results[cases.length + i] as ResumeOutcome[];
      for (const rank of plain.keys()) {
        const [expected, control, found] = [plain, again, resumed].map((ranks) => ranks[rank]) as [
          ResumeOutcome,
          ResumeOutcome,
          ResumeOutcome,
        ];
        assert.equal(control, expected, "two plain runs are equal");
        assert.is(expected.losses.length, found.losses.length);
        assert.equal(found.losses.slice(saveAfter), expected.losses.slice(saveAfter), "losses");
        assert.is(found.state, expected.state, "weights and slots");
      }
    });
  }
}

/** Calls the script several times in one launch. */
async function runAll(
  script: URL,
  numProcesses: number,
  calls: readonly (readonly unknown[])[],
): Promise<ResumeOutcome[][]> {
  const ranks = await launch<ResumeOutcome[]>(script, {
    ...{ numProcesses, timeoutMs: TIMEOUT_MS },
    args: [calls],
  });
  return calls.map((_, index) => ranks.map((results) => results[index] as ResumeOutcome));
}
