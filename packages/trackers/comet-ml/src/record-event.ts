import { basename } from "node:path";
import type {
  ArtifactData,
  DeliveredEvent,
  ImageData,
  LogContext,
  LogValues,
  TableData,
} from "@acc/core";
import { imagesOf } from "@acc/tracker-kit";
import { artifactFiles } from "./artifact-files.ts";
import { toCsv } from "./csv.ts";
import type { MessageBuilder } from "./message-builder.ts";
import { runNativeCall } from "./native-call.ts";

/**
 * Adds what Comet is told of an event.
 *
 * @param startedMs when the run began: the time of its configuration.
 * @throws {AcceleratorError} `VALUE_INVALID` for an image that is none, or a call that Comet's experiment does not have.
 */
export function recordEvent(
  builder: MessageBuilder,
  event: DeliveredEvent,
  startedMs: number,
): void {
  const context = event.type === "config" ? { wallTimeMs: startedMs } : event.context;
  builder.begin(event.sequence, context.wallTimeMs ?? Date.now());
  switch (event.type) {
    case "config":
      builder.parameters(event.values, null);
      break;
    case "metrics":
      recordMetrics(builder, event.values, context);
      break;
    case "images":
      recordImages(builder, event.values, context);
      break;
    case "tables":
      recordTables(builder, event.values, context);
      break;
    case "artifact":
      recordArtifact(builder, event.artifact, context);
      break;
    case "call":
      runNativeCall(builder, event.method, event.args, context);
      break;
    default:
      event satisfies never;
  }
}

/** A step given to `accelerator.log` is one that the user set, as Accelerate tells Comet. */
function recordMetrics(builder: MessageBuilder, values: LogValues, context: LogContext): void {
  const { epoch, context: group } = context.options ?? {};
  builder.setStep(context.step, "manual");
  builder.setEpoch(epoch);
  for (const [key, value] of Object.entries(values)) {
    builder.value(key, value, typeof group === "string" ? group : null);
  }
}

function recordImages(
  builder: MessageBuilder,
  images: Record<string, ImageData>,
  context: LogContext,
): void {
  builder.setStep(context.step, "auto-logged");
  for (const [tag, image] of Object.entries(images)) {
    const isBatch = image.shape.length === 4;
    for (const [index, one] of imagesOf(image).entries()) {
      builder.image(isBatch ? `${tag}/${index}` : tag, one);
    }
  }
}

function recordTables(
  builder: MessageBuilder,
  tables: Record<string, TableData>,
  context: LogContext,
): void {
  builder.setStep(context.step, "auto-logged");
  for (const [name, table] of Object.entries(tables)) {
    const fileName = name.endsWith(".csv") ? name : `${name}.csv`;
    builder.table(fileName, toCsv(table));
  }
}

function recordArtifact(
  builder: MessageBuilder,
  { name, path, type }: ArtifactData,
  context: LogContext,
): void {
  builder.setStep(context.step, "auto-logged");
  const metadata = type === undefined ? {} : { type };
  for (const file of artifactFiles(path)) {
    const fileName = file.relative === "" ? name || basename(path) : `${name}/${file.relative}`;
    builder.asset(fileName, { path: file.path }, metadata);
  }
}
