import { GeneralTracker } from "./general-tracker.ts";
import type {
  ArtifactData,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { TrackerEvent } from "./tracker-event.ts";

/** A tracker that runs on the host thread, as its replica sees it. Calls are sent, not waited for. */
export class HostedTracker extends GeneralTracker {
  readonly name: string;
  readonly requiresLoggingDirectory = false; // checked where it was created
  readonly #native: unknown;
  readonly #post: (event: TrackerEvent) => void;

  constructor(name: string, native: unknown, post: (event: TrackerEvent) => void) {
    super();
    this.name = name;
    this.#native = native;
    this.#post = post;
  }

  /** The native run object over comlink: every member is asynchronous. */
  get tracker(): unknown {
    return this.#native;
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.#post({ type: "config", values, target: this.name });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.#post({ type: "metrics", values, context: timed(context), target: this.name });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.#post({ type: "images", values, context: timed(context), target: this.name });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.#post({ type: "tables", values, context: timed(context), target: this.name });
  }

  override call(method: string, args: readonly LogValue[], context: LogContext = {}): void {
    this.#post({ type: "call", method, args, context: timed(context), target: this.name });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext = {}): void {
    this.#post({ type: "artifact", artifact, context: timed(context), target: this.name });
  }
}

function timed(context: LogContext): LogContext {
  return { wallTimeMs: Date.now(), ...context };
}
