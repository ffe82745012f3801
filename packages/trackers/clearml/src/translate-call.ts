import type { ImageData, LogValue, RunConfig, TableData } from "@acc/core/tracker";
import { isNested, scalarOf, toJson, unknownCall } from "@acc/tracker-kit";
import { barFigure, type Figure, tableFigure, vectorOf } from "./format/plot.ts";
import { textOf } from "./format/text-of.ts";
import type { LogLevel } from "./operation.ts";
import type { OperationBuilder, Place } from "./operation-builder.ts";

/** The calls that `Task` and `Logger` post. @throws {AcceleratorError} `VALUE_INVALID` for a call that they do not have. */
export function translateCall(
  builder: OperationBuilder,
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
      builder.operations.push({ kind: "close" });
      return;
    default:
      throw unknownCall("The ClearML task", method);
  }
}

function recordPoint(
  builder: OperationBuilder,
  title: string,
  series: string,
  value: LogValue,
  place: Place,
): void {
  const number = scalarOf(value);
  if (number !== undefined) builder.scalar(title, series, number, place);
  else builder.line(`${title}: ${textOf(value)}`, "info", place.timeMs);
}

/** A value as the file of an artifact: text as it is, any other value as JSON. */
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
