import type { RunSummary } from "../../wire/schema.ts";
import type { Drawn, Reading } from "../chart/chart.ts";
import { styleOf } from "../model/colors.ts";
import { exactNumber, runName, shortNumber, timeText } from "../model/format.ts";
import type { State } from "../store.ts";
import { Swatch } from "./swatch.tsx";

type Props = {
  readonly reading: Reading | undefined;
  readonly drawn: Drawn | undefined;
  readonly runs: readonly RunSummary[];
  readonly name: string;
  readonly state: State;
};

const MAX_RUNS = 12;

/** The values at the cursor, else the last ones: below the chart, never over a curve. */
export function ReadingLine({ reading, drawn, runs, name, state }: Props) {
  const warnings = [
    ...(drawn && drawn.nonFinite > 0 ? [`✕ ${drawn.nonFinite} not finite`] : []),
    ...(drawn && drawn.notPositive > 0 ? [`▽ ${drawn.notPositive} not above 0`] : []),
  ];
  return (
    <p class="reading">
      <span class="where">{reading ? where(reading, state) : "last"}</span>
      {runs.slice(0, MAX_RUNS).map((run) => (
        <span key={run.id} title={runName(run)}>
          <Swatch style={styleOf(run, state.colors)} /> {valueAt(run, reading, name)}
        </span>
      ))}
      {runs.length > MAX_RUNS && <span>and {runs.length - MAX_RUNS} more</span>}
      {warnings.map((warning) => (
        <span key={warning} class="bad">
          {warning}
        </span>
      ))}
    </p>
  );
}

function where(reading: Reading, { settings: { x } }: State): string {
  const point = reading.values.find((value) => value?.point)?.point;
  if (x === "clock") return timeText(reading.x, 0);
  const text = shortNumber(point ? point.x : reading.x);
  if (x === "time") return `${text} s`;
  return x === "step" || x === "relative-step"
    ? `step ${text}`
    : `${x.replace(/^key:/, "")} ${text}`;
}

function valueAt(run: RunSummary, reading: Reading | undefined, name: string): string {
  if (!reading) return shortNumber(run.keys[name]?.last);
  const value = reading.values.find((candidate) => candidate?.run === run.id);
  if (!value) return "–";
  return value.point ? exactNumber(value.point.smoothed) : shortNumber(value.rough) || "–";
}
