import { jsonNumber } from "../index/key-stats.ts";
import type { RunDetail } from "../wire/schema.ts";
import type { AllPoints } from "../wire/series.ts";

/** A run as JSON in pieces: what `acc runs show --json` says, and all points by key as lists of the same length. */
export function* jsonOf(
  detail: RunDetail,
  series: Iterable<readonly [key: string, points: AllPoints]>,
): Generator<string> {
  yield `${JSON.stringify(detail).slice(0, -1)},"points":{`;
  let isFirst = true;
  for (const [key, { steps, times, values }] of series) {
    const lists = {
      steps: Array.from(steps, jsonNumber),
      timesMs: Array.from(times, jsonNumber),
      values: Array.from(values, jsonNumber),
    };
    yield `${isFirst ? "" : ","}\n${JSON.stringify(key)}:${JSON.stringify(lists)}`;
    isFirst = false;
  }
  yield "}}\n";
}
