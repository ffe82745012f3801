import { relative, resolve } from "node:path";
import {
  AcceleratorError,
  type FigureData,
  type FinishStatus,
  GeneralTracker,
  type ImageData,
  type LogContext,
  type LogValues,
  type MediaData,
  type RunConfig,
  type TableData,
  type TrackerCreation,
  type TrackerEvent,
  type TrackerRun,
} from "@acc/core/tracker";
import {
  drawFigures,
  type FigurePictures,
  LeftOut,
  notStarted,
  translateEvents,
  whenWritableSync,
} from "@acc/tracker-kit";
import type { SummaryWriter } from "./native/summary-writer.ts";
import type { TensorBoardOptions } from "./options.ts";
import { Sink } from "./sink.ts";
import type { RecordingState } from "./state.ts";
import { TensorBoardTranslator } from "./translate.ts";

/** Writes the event files of a run to `<loggingDir>/<projectName>`. Each call is one transaction: files need no delivery. */
export class TensorBoardTracker extends GeneralTracker {
  readonly name = "tensorboard";
  readonly requiresLoggingDirectory = true;
  /** The new file tells TensorBoard to drop what earlier files have of later steps. */
  override readonly repeatedValues = "replaced";
  readonly #directory: string;
  readonly #options: TensorBoardOptions;
  readonly #run: TrackerRun;
  readonly #leftOut: LeftOut;
  #state: RecordingState;
  #sink: Sink | undefined;
  #isFinished = false;

  /** @throws {AcceleratorError} `OPTION_INVALID` if the project's name leads out of the logging directory. */
  constructor({ projectName, loggingDir = ".", options, run }: TrackerCreation) {
    super();
    this.#options = { ...resumeStep(run), ...(options as TensorBoardOptions) };
    this.#directory = requireBelow(loggingDir, projectName);
    this.#state = { nextStep: requireStep(this.#options), hasHparams: false };
    this.#run = run;
    this.#leftOut = new LeftOut("TensorBoard", (message) => run.warn(message));
  }

  /** The writer of the run; after `start`. */
  get tracker(): SummaryWriter {
    return this.#started().writer;
  }

  override start(): void {
    this.#sink ??= this.#whenWritable(() => new Sink(this.#directory, this.#options));
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#record({ type: "config", values });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.#record({ type: "metrics", values, context });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.#record({ type: "images", values, context });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.#record({ type: "tables", values, context });
  }

  override async logFigure(
    values: Record<string, FigureData>,
    context: LogContext = {},
  ): Promise<void> {
    const event = { type: "figures", values, context } as const;
    this.#record(event, await drawFigures([event], "png"));
  }

  override logMedia(values: Record<string, MediaData>, context: LogContext = {}): void {
    this.#record({ type: "media", values, context });
  }

  override finish(status: FinishStatus): void {
    if (!this.#sink || this.#isFinished) return;
    const sink = this.#sink;
    this.#whenWritable(() => sink.finish(this.#state.hasHparams ? status : undefined));
    this.#isFinished = true;
    this.#leftOut.report();
  }

  #record(event: TrackerEvent, pictures?: FigurePictures): void {
    const sink = this.#started();
    const attempt = translateEvents([{ ...event, sequence: 0 }], {
      state: this.#state,
      translator: (state, leaveOut) =>
        new TensorBoardTranslator(state, {
          ...this.#options,
          ...(pictures && { pictures }),
          leaveOut,
          warn: (message) => this.#run.warn(message),
        }),
      leftOut: this.#leftOut,
    });
    this.#whenWritable(() => sink.send(attempt.operations));
    this.#state = attempt.commit();
  }

  /** On a full disk the hub calls again. */
  #whenWritable<T>(write: () => T): T {
    return whenWritableSync(`The event files in ${this.#directory}`, write);
  }

  #started(): Sink {
    if (this.#isFinished) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "The TensorBoard run is finished; log before endTraining.",
      );
    }
    if (this.#sink) return this.#sink;
    throw notStarted("The TensorBoard run");
  }
}

function requireBelow(loggingDir: string, projectName: string): string {
  const directory = resolve(loggingDir, projectName);
  const path = relative(resolve(loggingDir), directory);
  if (path !== "" && !path.startsWith("..") && resolve(path) !== path) return directory;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `The project name ${JSON.stringify(projectName)} does not name a folder below ${loggingDir}.`,
  );
}

/** A run that goes on from a checkpoint logs again what has a later step. */
function resumeStep({ resumed }: TrackerRun): TensorBoardOptions {
  return resumed?.step === undefined ? {} : { resumeStep: Math.floor(resumed.step) + 1 };
}

function requireStep({ resumeStep = 0 }: TensorBoardOptions): number {
  if (Number.isSafeInteger(resumeStep) && resumeStep >= 0) return resumeStep;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `tensorboard: resumeStep must be an integer of at least 0, got ${resumeStep}.`,
  );
}
