import type { DeliveredEvent, FigureData, LogContext, LogValues } from "@acc/core/tracker";
import {
  type FigurePictures,
  figureJson,
  leavesOf,
  scalarOf,
  type Translator,
} from "@acc/tracker-kit";
import { joinedLines } from "./format/joined-lines.ts";
import { machineMetrics } from "./format/machine-metrics.ts";
import { barFigure, type Figure, tableFigure, vectorOf } from "./format/plot.ts";
import { splitKey } from "./format/split-key.ts";
import { textOf } from "./format/text-of.ts";
import type { ModelDescription, Operation } from "./operation.ts";
import { OperationBuilder, type OperationBuilderOptions, type Place } from "./operation-builder.ts";
import type { RecordingState } from "./state.ts";
import { translateCall } from "./translate-call.ts";

export type TranslatorOptions = OperationBuilderOptions & {
  /** Milliseconds since 1970, for events without a time. */
  readonly startedMs: number;
  /** Whether the configuration is recorded as hyperparameters too. */
  readonly hyperparameters: boolean;
  /** Of figures that ClearML does not draw itself. */
  readonly pictures: FigurePictures;
};

/** Turns events into changes of the task. */
export class ClearMLTranslator implements Translator<RecordingState, Operation> {
  readonly operations: Operation[] = [];
  readonly state: RecordingState;
  readonly #options: TranslatorOptions;

  /** @param state is changed. */
  constructor(state: RecordingState, options: TranslatorOptions) {
    this.state = state;
    this.#options = options;
  }

  /** @throws {AcceleratorError} `VALUE_INVALID` for a call that the task does not have. */
  add(event: DeliveredEvent): void {
    const builder = new OperationBuilder(event.sequence, this.#options, this.state);
    this.#translate(event, builder);
    this.operations.push(...builder.operations);
  }

  #translate(event: DeliveredEvent, builder: OperationBuilder): void {
    const { startedMs, hyperparameters } = this.#options;
    const context: LogContext = event.type === "config" ? {} : event.context;
    const timeMs = Math.round(context.wallTimeMs ?? startedMs);
    const place = { step: context.step, timeMs };
    switch (event.type) {
      case "config":
        builder.configuration(event.values, "General");
        if (hyperparameters) builder.parameters(event.values, "General");
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
      case "figures":
        for (const [key, figure] of Object.entries(event.values)) {
          this.#figure(builder, key, figure, place);
        }
        break;
      case "media":
        for (const [key, media] of Object.entries(event.values)) {
          const { title, series } = splitKey(key);
          builder.media(title, series, media, place);
        }
        break;
      case "artifact": {
        const { name, path, type = "custom" } = event.artifact;
        if (context.options?.model !== undefined) {
          builder.model(name, path, timeMs, context.options.model as ModelDescription);
          break;
        }
        builder.artifact({ key: name, timestamp: timeMs, type, source: { path } });
        break;
      }
      case "call":
        translateCall(builder, event.method, event.args, timeMs);
        break;
      case "system": {
        const step = builder.lastIteration ?? Math.max(0, Math.round((timeMs - startedMs) / 1000));
        for (const [series, value] of Object.entries(machineMetrics(event.sample))) {
          builder.machine(series, value, { step, timeMs });
        }
        break;
      }
      case "console":
        for (const { text, isError, timeMs: atMs } of joinedLines(event.lines)) {
          builder.line(text, isError ? "error" : "info", atMs);
        }
        break;
      default:
        event satisfies never;
    }
  }

  /** Plotly draws ClearML's plots; of another figure there is a picture among the debug samples. */
  #figure(builder: OperationBuilder, key: string, figure: FigureData, place: Place): void {
    const { title, series } = splitKey(key);
    if (figure.type === "plotly") {
      const { layout, ...rest } = figureJson(figure);
      // As ClearML's own client names it.
      builder.plot(
        title,
        series,
        { ...rest, layout: { ...(layout as Figure), title: series } },
        place,
      );
      return;
    }
    const drawing = this.#options.pictures.get(figure);
    if (drawing && "picture" in drawing)
      builder.picture(title, series, drawing.picture.bytes, place);
    else this.#options.leaveOut(`the figure "${key}"`, `${drawing?.reason ?? "it was not drawn"}.`);
  }
}

/** Numbers are points of curves, lists of numbers bars, and everything else lines of the console. */
function recordValues(builder: OperationBuilder, values: LogValues, place: Place): void {
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
