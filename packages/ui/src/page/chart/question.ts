import type { RunStyle } from "../model/colors.ts";

/** A run as a chart shows it. */
export type ChartRun = {
  readonly id: string;
  readonly name: string;
  readonly style: RunStyle;
  /** Another process has gone on with it: a part may have been logged twice. */
  readonly isResumed: boolean;
};

/** What a chart shows. */
export type Question = {
  readonly key: string;
  readonly runs: readonly ChartRun[];
  readonly x: string;
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  readonly smooth: number;
  readonly zoom: readonly [number, number] | null;
};

/** What the points of a chart depend on. */
type SeriesQuestion = Omit<Question, "runs"> & {
  readonly runs: readonly Pick<ChartRun, "id" | "isResumed">[];
};

/** The address of the answer. A part of the axis is asked for with all its detail. */
export function seriesPath({ runs, zoom, ...question }: SeriesQuestion, width: number): string {
  const query = shared(question);
  query.set("width", String(width));
  if (question.isLogX) query.set("log-x", "1");
  if (zoom) {
    query.set("x0", String(zoom[0]));
    query.set("x1", String(zoom[1]));
  }
  for (const { id } of runs) query.append("run", id);
  for (const { id, isResumed } of runs) if (isResumed) query.append("rewound", id);
  return `api/series?${query}`;
}

export function pointPath(question: Question, run: string, at: number): string {
  const query = shared(question);
  query.set("run", run);
  query.set("at", String(at));
  return `api/point?${query}`;
}

function shared({ key, x, smooth, isLogY }: Omit<Question, "runs" | "zoom">): URLSearchParams {
  const query = new URLSearchParams({ key, x });
  if (smooth > 0) query.set("smooth", String(smooth));
  if (isLogY) query.set("log-y", "1");
  return query;
}

/** What the x axis counts. */
export function axisKind(x: string): "number" | "duration" | "clock" {
  return x === "clock" ? "clock" : x === "time" ? "duration" : "number";
}

export function axisName(x: string): string {
  const names: { readonly [axis: string]: string } = {
    ...{ step: "step", "relative-step": "step from its start" },
    ...{ time: "time since the start", clock: "clock time" },
  };
  return names[x] ?? x.replace(/^key:/, "");
}
