import { GeneralTracker } from "./general-tracker.ts";
import type {
  ArtifactData,
  FigureData,
  ImageData,
  LogContext,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { MediaData } from "./media-data.ts";
import type { TrackerEvent } from "./tracker-event.ts";

/**
 * A tracker whose methods post events for itself instead of recording at once. Values logged through the tracker
 * itself are then handled like all others: they go into the journal and are delivered in order.
 */
export abstract class PostingTracker extends GeneralTracker {
  readonly #post: (event: TrackerEvent) => void;

  /** @param post where events go, such as `run.post`, addressed to this tracker. */
  constructor(post: (event: TrackerEvent) => void) {
    super();
    this.#post = post;
  }

  override storeInitConfiguration(values: RunConfig): void {
    this.postEvent({ type: "config", values });
  }

  override log(values: LogValues, context: LogContext = {}): void {
    this.postEvent({ type: "metrics", values, context: timed(context) });
  }

  override logImages(values: Record<string, ImageData>, context: LogContext = {}): void {
    this.postEvent({ type: "images", values, context: timed(context) });
  }

  override logTable(values: Record<string, TableData>, context: LogContext = {}): void {
    this.postEvent({ type: "tables", values, context: timed(context) });
  }

  override logFigure(values: Record<string, FigureData>, context: LogContext = {}): void {
    this.postEvent({ type: "figures", values, context: timed(context) });
  }

  override logMedia(values: Record<string, MediaData>, context: LogContext = {}): void {
    this.postEvent({ type: "media", values, context: timed(context) });
  }

  override logArtifact(artifact: ArtifactData, context: LogContext = {}): void {
    this.postEvent({ type: "artifact", artifact, context: timed(context) });
  }

  /** Posts an event for this tracker alone. */
  protected postEvent(event: TrackerEvent): void {
    this.#post({ ...event, target: this.name });
  }
}

/** Adds the current time, unless the event has one. */
export function timed(context: LogContext): LogContext {
  return { wallTimeMs: Date.now(), ...context };
}
