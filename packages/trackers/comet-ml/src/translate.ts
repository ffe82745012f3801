import { basename } from "node:path";
import type {
  ArtifactData,
  DeliveredEvent,
  FigureData,
  ImageData,
  LogContext,
  LogValues,
  MediaData,
  TableData,
} from "@acc/core/tracker";
import { type FigurePictures, figureHtml, imagesOf, type Translator } from "@acc/tracker-kit";
import { artifactFiles } from "./artifact-files.ts";
import { toCsv } from "./format/csv.ts";
import type { GitMetadata } from "./format/git-metadata.ts";
import { systemMetrics } from "./format/system-metrics.ts";
import type { Operation } from "./operation.ts";
import { OperationBuilder, type OperationBuilderOptions } from "./operation-builder.ts";
import type { RecordingState } from "./state.ts";
import { translateCall } from "./translate-call.ts";

export type TranslatorOptions = OperationBuilderOptions & {
  /** When the run began, in milliseconds since 1970: the time of its configuration. */
  readonly startedMs: number;
  /** The first values of an experiment. */
  readonly first: {
    readonly name: string | null;
    readonly tags: readonly string[];
    readonly git: GitMetadata | undefined;
  };
  readonly isOffline: boolean;
  readonly pictures: FigurePictures;
};

/** Turns events into operations for Comet. */
export class CometTranslator implements Translator<RecordingState, Operation> {
  readonly #builder: OperationBuilder;
  readonly #options: TranslatorOptions;

  constructor(state: RecordingState, options: TranslatorOptions) {
    this.#builder = new OperationBuilder(state, options);
    this.#options = options;
    const { first, isOffline } = options;
    if (!state.isOpened) this.#builder.open({ ...first, isOffline });
  }

  get operations(): readonly Operation[] {
    return this.#builder.operations;
  }

  get state(): RecordingState {
    return this.#builder.state;
  }

  /** @throws {AcceleratorError} `VALUE_INVALID` for a call that the experiment does not have. */
  add(event: DeliveredEvent): void {
    const builder = this.#builder;
    const { startedMs } = this.#options;
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
      case "figures":
        recordFigures(builder, event.values, context, this.#options);
        break;
      case "media":
        recordMedia(builder, event.values, context);
        break;
      case "artifact":
        recordArtifact(builder, event.artifact, context);
        break;
      case "call":
        translateCall(builder, event.method, event.args, context);
        break;
      case "system":
        for (const [name, value] of Object.entries(systemMetrics(event.sample))) {
          builder.metric(name, value, null);
        }
        break;
      case "console":
        for (const line of event.lines) builder.output(line);
        break;
      default:
        event satisfies never;
    }
  }
}

/** A step given to `accelerator.log` is one that the user set, as Accelerate tells Comet. */
function recordMetrics(builder: OperationBuilder, values: LogValues, context: LogContext): void {
  const { epoch, context: group } = context.options ?? {};
  builder.setStep(context.step, "manual");
  builder.setEpoch(epoch);
  for (const [key, value] of Object.entries(values)) {
    builder.value(key, value, typeof group === "string" ? group : null);
  }
}

function recordImages(
  builder: OperationBuilder,
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

function recordMedia(
  builder: OperationBuilder,
  media: Record<string, MediaData>,
  context: LogContext,
): void {
  builder.setStep(context.step, "auto-logged");
  for (const [name, one] of Object.entries(media)) builder.media(name, one);
}

function recordTables(
  builder: OperationBuilder,
  tables: Record<string, TableData>,
  context: LogContext,
): void {
  builder.setStep(context.step, "auto-logged");
  for (const [name, table] of Object.entries(tables)) {
    const fileName = name.endsWith(".csv") ? name : `${name}.csv`;
    builder.table(fileName, toCsv(table));
  }
}

/** A picture, as Comet's own client draws a figure of Plotly; without one a page that draws it, as a file. */
function recordFigures(
  builder: OperationBuilder,
  figures: Record<string, FigureData>,
  context: LogContext,
  { pictures, leaveOut }: TranslatorOptions,
): void {
  builder.setStep(context.step, "auto-logged");
  for (const [name, figure] of Object.entries(figures)) {
    const drawing = pictures.get(figure);
    if (drawing && "picture" in drawing) builder.figure(name, drawing.picture.bytes);
    else {
      builder.asset(`${name}.html`, { bytes: Buffer.from(figureHtml(figure, name)) }, {});
      const reason = drawing?.reason ?? "it was not drawn";
      leaveOut(`a picture of "${name}"`, `${reason}; the figure is the file ${name}.html.`);
    }
  }
}

function recordArtifact(
  builder: OperationBuilder,
  { name, path, type }: ArtifactData,
  context: LogContext,
): void {
  if (context.options?.code === true) {
    builder.code(name, path);
    return;
  }
  builder.setStep(context.step, "auto-logged");
  const metadata = type === undefined ? {} : { type };
  for (const file of artifactFiles(path)) {
    const fileName = file.relative === "" ? name || basename(path) : `${name}/${file.relative}`;
    builder.asset(fileName, { path: file.path }, metadata);
  }
}
