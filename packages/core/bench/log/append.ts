/** Prints the microseconds that a line of JSON in a file takes: what a loop does that has no tracker. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "@acc/test-kit/bench/row";

const LINES_PER_STEP = 10;
const STEPS = 1000;
const directory = mkdtempSync(join(tmpdir(), "acc-bench-"));
const path = join(directory, "values.jsonl");
const costs: number[] = [];
for (let step = 0; step < STEPS; step++) {
  const started = performance.now();
  for (let i = 0; i < LINES_PER_STEP; i++) {
    appendFileSync(path, `${JSON.stringify({ step, loss: 1 / (step + 1), accuracy: 0.5 })}\n`);
  }
  costs.push((performance.now() - started) / LINES_PER_STEP);
}
rmSync(directory, { recursive: true });
console.log(median(costs.slice(STEPS / 10)) * 1000);
