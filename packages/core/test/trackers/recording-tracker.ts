import {
  type ArtifactData,
  type FigureData,
  GeneralTracker,
  type LogContext,
  type LogValues,
  type MediaData,
  type RunConfig,
  type TableData,
} from "../../src/index.ts";

/** A user's own tracker: remembers its calls, and fails where it is told to. */
export class RecordingTracker extends GeneralTracker {
  readonly name: string;
  readonly requiresLoggingDirectory: boolean = false;
  readonly calls: unknown[] = [];
  readonly #failing: string[];

  constructor(name = "recording", failing: string[] = []) {
    super();
    this.name = name;
    this.#failing = failing;
  }

  get tracker(): unknown[] {
    return this.calls;
  }

  override start(): void {
    this.#record("start");
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#record("config", values);
  }

  override async log(values: LogValues, { step }: LogContext): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#record("log", values, step);
  }

  override logImages(values: Record<string, unknown>): void {
    this.#record("images", values);
  }

  override logTable(tables: Record<string, TableData>): void {
    this.#record("table", tables);
  }

  override logFigure(figures: Record<string, FigureData>): void {
    this.#record("figure", figures);
  }

  override logMedia(values: Record<string, MediaData>, { step }: LogContext): void {
    this.#record("media", values, step);
  }

  override logArtifact(artifact: ArtifactData): void {
    this.#record("artifact", artifact);
  }

  override finish(status: string): void {
    this.#record("finish", status);
  }

  #record(...call: unknown[]): void {
    if (this.#failing.includes(call[0] as string)) throw new Error(`no ${call[0]} today`);
    this.calls.push(call);
  }
}
