import {
  AcceleratorError,
  type DeliveredEvent,
  type ImageData,
  type LogValue,
  type LogValues,
  type RunConfig,
  type TableData,
} from "@acc/core";
import { isNested, type Json, scalarOf, toJson } from "@acc/tracker-kit";
import type { Change, LogLevel } from "./change.ts";
import {
  ChangeBuilder,
  type Place,
  type RecordingOptions,
  type RecordingState,
} from "./change-builder.ts";
import { leavesOf } from "./hyperparameters.ts";
import { barFigure, type Figure, tableFigure, vectorOf } from "./plot.ts";
import { splitKey } from "./split-key.ts";

export type TranslationOptions = RecordingOptions & {
  /** Milliseconds since 1970, for events that do not say when they were logged. */
  readonly startedMs: number;
  /** Whether the configuration is recorded as hyperparameters too. */
  readonly hyperparameters: boolean;
};

/**
 * What one event of the run changes at the task; the same event in the same state gives the same changes.
 *
 * @param state is changed by what is recorded.
 * @throws {AcceleratorError} `VALUE_INVALID` for a call that the task does not have.
 */
export function translate(
  event: DeliveredEvent,
  options: TranslationOptions,
  state: RecordingState,
): Change[] {
  const builder = new ChangeBuilder(event.sequence, options, state);
  const context = event.type === "config" ? {} : event.context;
  const timeMs = Math.round(context.wallTimeMs ?? options.startedMs);
  const place = { step: context.step, timeMs };
  switch (event.type) {
    case "config":
      builder.configuration(event.values, "General");
      if (options.hyperparameters) builder.parameters(event.values, "General");
      break;
    case "metrics":
      recordValues(builder, event.values, place);
      break;
    case "images":
      for (const [key, image] of Object.entries(event.values)) {
        const { title, series } = splitKey(key);
        builder.image(title, series, image, place);
      }
      break;
    case "tables":
      for (const [key, table] of Object.entries(event.values)) {
        const { title, series } = splitKey(key);
        builder.plot(title, series, tableFigure(table, title, series), place);
      }
      break;
    case "artifact": {
      const { name, path, type = "custom" } = event.artifact;
      builder.artifact({ key: name, timestamp: timeMs, type, source: { path } });
      break;
    }
    case "call":
      recordCall(builder, event.method, event.args, timeMs);
      break;
    default:
      event satisfies never;
  }
  return builder.changes;
}

/** Numbers are points of curves, lists of numbers bars, and everything else lines of the console. */
function recordValues(builder: ChangeBuilder, values: LogValues, place: Place): void {
  for (const [key, value] of leavesOf(values)) {
    const { title, series } = splitKey(key);
    const number = scalarOf(value);
    const vector = number === undefined ? vectorOf(value) : undefined;
    if (number !== undefined) builder.scalar(title, series, number, place);
    else if (vector) builder.plot(title, series, barFigure(vector, title, series), place);
    else {
      const at = place.step === undefined ? "" : ` (iteration ${place.step})`;
      builder.line(`${key}${at}: ${textOf(value)}`, "info", place.timeMs);
    }
  }
}

/** The calls of the native task and of its logger; `Task` and `Logger` write them. */
function recordCall(
  builder: ChangeBuilder,
  method: string,
  args: readonly LogValue[],
  timeMs: number,
): void {
  const [first, second, third, fourth] = args;
  const at = (step: LogValue): Place => ({ step: step as number | undefined, timeMs });
  switch (method) {
    case "reportScalar":
      recordPoint(builder, first as string, second as string, third, at(fourth));
      return;
    case "reportSingleValue":
      recordPoint(builder, first as string, "", second, at(undefined));
      return;
    case "reportText":
      builder.line(String(first), second as LogLevel, timeMs);
      return;
    case "reportTable": {
      const [title, series] = [first as string, second as string];
      const figure = tableFigure(fourth as unknown as TableData, title, series);
      builder.plot(title, series, figure, at(third));
      return;
    }
    case "reportHistogram": {
      const [title, series] = [first as string, second as string];
      builder.plot(title, series, barFigure(vectorOf(third) ?? [], title, series), at(fourth));
      return;
    }
    case "reportPlotly": {
      const figure = toJson(fourth) as Figure;
      builder.plot(first as string, second as string, figure, at(third));
      return;
    }
    case "reportImage": {
      const image = fourth as unknown as ImageData;
      builder.image(first as string, second as string, image, at(third));
      return;
    }
    case "connect":
      builder.parameters(first as RunConfig, second as string);
      return;
    case "connectConfiguration":
      builder.configuration(first, second as string, third as string | undefined);
      return;
    case "uploadArtifact": {
      const [key, value] = [first as string, second];
      builder.artifact({ key, timestamp: timeMs, ...valueArtifact(key, value) });
      return;
    }
    case "addTags":
      builder.tags(first as string[]);
      return;
    case "setComment":
      builder.comment(String(first));
      return;
    case "close":
      builder.changes.push({ kind: "close" });
      return;
    default:
      throw new AcceleratorError("VALUE_INVALID", `A ClearML task has no call "${method}".`);
  }
}

function recordPoint(
  builder: ChangeBuilder,
  title: string,
  series: string,
  value: LogValue,
  place: Place,
): void {
  const number = scalarOf(value);
  if (number !== undefined) builder.scalar(title, series, number, place);
  else builder.line(`${title}: ${textOf(value)}`, "info", place.timeMs);
}

/** A value as the file of an artifact: text as it is, everything else as JSON. */
function valueArtifact(key: string, value: LogValue) {
  if (typeof value === "string") {
    return { type: "string", source: { fileName: `${key}.txt`, text: value } };
  }
  const type = isNested(value) ? "dict" : "JSON";
  return {
    type,
    source: { fileName: `${key}.json`, text: JSON.stringify(toJson(value), null, 4) },
  };
}

function textOf(value: LogValue): string {
  const json: Json = toJson(value);
  return typeof json === "string" ? json : JSON.stringify(json);
}
