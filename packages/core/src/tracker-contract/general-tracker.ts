import type {
  ArtifactData,
  FigureData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { MediaData } from "./media-data.ts";
import type { ConsoleLine, Monitored, SystemSample } from "./monitoring.ts";
import type { DeliveredEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";

/**
 * Base class of tracker integrations. Constructors only store their arguments; all I/O starts in `start`.
 * Methods are called in order and awaited one at a time; a method that throws never stops training. After a
 * `TrackerUnreachableError`, as for a full disk, the same call comes again later, and the calls behind it wait in the journal.
 */
export abstract class GeneralTracker {
  /** Name by which `getTracker` and `log` options find it. */
  abstract readonly name: string;
  /** Whether it writes files below `loggingDir`; a run without that directory is then refused. */
  abstract readonly requiresLoggingDirectory: boolean;
  /** False: every rank starts a tracker of its own. */
  readonly mainProcessOnly: boolean = true;

  /**
   * What recording a value again does that has the name and the step of an earlier one, in a run that goes on from a checkpoint.
   * `"kept"`: both would be there, so the later one is left out. `"replaced"`: the later one counts; `start` may have removed
   * the earlier ones.
   */
  readonly repeatedValues: "kept" | "replaced" = "kept";

  /** What it records of the machine and the console by itself, as its official client does; nothing here. */
  readonly monitored: Monitored = {};

  /** The native run object, for calls this interface does not have. */
  abstract get tracker(): unknown;

  /** Opens the run. */
  start(): void | Promise<void> {}

  /** Records the hyperparameters. `values` is shared by all trackers: never change it. */
  abstract storeInitConfiguration(values: RunConfig): void | Promise<void>;

  /** Records values of one step. */
  abstract log(values: LogValues, context: LogContext): void | Promise<void>;

  /** Images by tag. Optional. */
  logImages?(values: Record<string, ImageData>, context: LogContext): void | Promise<void>;

  /** Tables by name. Optional. */
  logTable?(tables: Record<string, TableData>, context: LogContext): void | Promise<void>;

  /** Figures by name. Optional. */
  logFigure?(figures: Record<string, FigureData>, context: LogContext): void | Promise<void>;

  /** Audio, videos and HTML pages by name. Optional. */
  logMedia?(media: Record<string, MediaData>, context: LogContext): void | Promise<void>;

  /** A file or folder to keep with the run; it may change once this resolves. Optional. */
  logArtifact?(artifact: ArtifactData, context: LogContext): void | Promise<void>;

  /** How busy the machine was. Optional; only if `monitored` names it. */
  logSystem?(sample: SystemSample, context: LogContext): void | Promise<void>;

  /** Lines that the script printed. Optional; only if `monitored` names them. */
  logConsole?(lines: readonly ConsoleLine[], context: LogContext): void | Promise<void>;

  /** A call of the native run object that the methods above do not have; see the event `"call"`. Optional. */
  call?(method: string, args: readonly LogValue[], context: LogContext): void | Promise<void>;

  /**
   * Receives events in order and in batches, instead of the methods above. When it resolves, the service has all of
   * them. If it rejects with a `TrackerUnreachableError` the same events are delivered again later, with the same
   * `sequence` but perhaps in other batches, and perhaps in another process with the state that was saved last:
   * recording an event must be idempotent. If it rejects with any other error, smaller batches are tried; an event
   * that fails alone is counted and left out.
   *
   * For trackers that send to a service, and trackers whose files must be complete after a crash. Optional.
   *
   * @param signal aborts when time is up; stop and reject.
   */
  deliver?(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void>;

  /** What another process needs to continue this run after the events delivered so far. Optional. */
  state?(): TrackerState | undefined;

  /** Closes the run; everything logged is durable when it resolves. */
  finish(_status: FinishStatus): void | Promise<void> {}
}
