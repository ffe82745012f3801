import type { RunSummary } from "../../wire/schema.ts";
import { runName, shortNumber } from "../model/format.ts";

/** What a chart shows, as sentences: for those who do not see it. */
export function chartSentence(key: string, runs: readonly RunSummary[]): string {
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return [`${count}.`, ...runs.map((run) => runSentence(key, run))].join(" ");
}

function runSentence(key: string, run: RunSummary): string {
  const summary = run.keys[key];
  if (!summary) return "";
  const { last, lastStep, min, minStep, max, maxStep, count, nonFinite } = summary;
  const parts = [
    `last ${shortNumber(last)} at step ${lastStep}`,
    ...(min === null ? [] : [`lowest ${shortNumber(min)} at step ${minStep ?? "?"}`]),
    ...(max === null ? [] : [`highest ${shortNumber(max)} at step ${maxStep ?? "?"}`]),
    `${count} ${count === 1 ? "point" : "points"}`,
    ...(nonFinite > 0 ? [`${nonFinite} not finite`] : []),
  ];
  return `${runName(run)}: ${parts.join(", ")}.`;
}
