import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lockCheckpoints } from "../../../src/checkpoint/files/checkpoint-lock.ts";
import { applyRetention } from "../../../src/checkpoint/files/retention.ts";
import type { RetentionRules } from "../../../src/checkpoint/files/retention-rules.ts";
import { writeCheckpoint } from "../../../src/checkpoint/files/write-checkpoint.ts";
import { codeOfError, FACTS, scratch } from "./samples.ts";

const test = suite("retention");

/** Checkpoints 0, 1, … with a loss each, every 100 steps. */
async function withLosses(losses: readonly (number | undefined)[]): Promise<string> {
  const folder = scratch();
  for (const [iteration, loss] of losses.entries()) {
    const metrics: Record<string, number> = loss === undefined ? {} : { loss };
    await writeCheckpoint(join(folder, `checkpoint_${iteration}`), [], {
      ...{ ...FACTS, iteration, steps: 100 * iteration, metrics },
    });
  }
  return folder;
}

function left(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.startsWith("checkpoint_"));
  const numbers = names.map((name) => Number(name.slice("checkpoint_".length)));
  return numbers.sort((a, b) => a - b).join(" ");
}

const LOSSES = [5, 1, undefined, Number.NaN, 2, Number.POSITIVE_INFINITY, 2, 4];

const CASES: readonly (readonly [rules: RetentionRules, expected: string])[] = [
  [{}, "0 1 2 3 4 5 6 7"],
  [{ totalLimit: undefined }, "0 1 2 3 4 5 6 7"],
  [{ totalLimit: 1 }, "7"],
  [{ totalLimit: 3 }, "5 6 7"],
  [{ totalLimit: 99 }, "0 1 2 3 4 5 6 7"],
  [{ keepBest: { metric: "loss", mode: "min" } }, "1 7"],
  [{ keepBest: { metric: "loss", mode: "min", count: 2 } }, "1 6 7"],
  [{ keepBest: { metric: "loss", mode: "max", count: 2 } }, "0 5 7"],
  [{ keepBest: { metric: "toString", mode: "max" } }, "7"],
  [{ keepEverySteps: 300 }, "3 6 7"],
  [{ keepEverySteps: 150 }, "2 3 5 6 7"],
  [{ keepEveryMs: 3_600_000 }, "0 7"],
  [{ totalLimit: 2, keepBest: { metric: "loss", mode: "min" }, keepEverySteps: 400 }, "1 4 6 7"],
];

for (const [rules, expected] of CASES) {
  test(`${JSON.stringify(rules)} keeps ${expected}`, async () => {
    const folder = await withLosses(LOSSES);
    const planned = await applyRetention(folder, rules, { isDryRun: true });
    assert.is(left(folder), "0 1 2 3 4 5 6 7");
    const removed = await applyRetention(folder, rules);
    assert.equal(removed, planned);
    assert.is(left(folder), expected);
    assert.equal(await applyRetention(folder, rules), []);
  });
}

test("pinned, protected, incomplete and foreign folders stay, and so does the newest complete one", async () => {
  const folder = await withLosses([1, 2, 3, 4, 5]);
  writeFileSync(join(folder, "checkpoint_1", "keep"), "");
  mkdirSync(join(folder, "checkpoint_9"));
  mkdirSync(join(folder, "checkpoint_0 (copy)"));
  const protect = [join(folder, "checkpoint_2")];
  await applyRetention(folder, { totalLimit: 1 }, { protect });
  assert.equal(readdirSync(folder).sort(), [
    ...["checkpoint_0 (copy)", "checkpoint_1", "checkpoint_2", "checkpoint_4", "checkpoint_9"],
    "latest.json",
  ]);
});

test("rules that make no sense, and a folder where somebody writes", async () => {
  const folder = await withLosses([1, 2]);
  const bad: readonly object[] = [
    ...[
      { totalLimit: 0 },
      { totalLimit: 1.5 },
      { keepEverySteps: -1 },
      { keepEveryMs: Number.NaN },
    ],
    ...[
      { keepBest: { metric: "a", mode: "lowest" } },
      { keepBest: { metric: "a", mode: "min", count: 0 } },
    ],
  ];
  for (const rules of bad) {
    assert.is(await codeOfError(() => applyRetention(folder, rules)), "OPTION_INVALID");
  }
  const lock = await lockCheckpoints(folder);
  assert.is(await codeOfError(() => applyRetention(folder, { totalLimit: 1 })), "CHECKPOINT_BUSY");
  assert.is(left(folder), "0 1");
  await applyRetention(folder, { totalLimit: 1 }, { lock });
  await lock.release();
  assert.is(left(folder), "1");
});

test.run();
