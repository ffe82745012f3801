import type {
  ArtifactData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";
import type { DeliveredEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";

/**
 * What a tracker integration extends. Constructors only store their arguments; all I/O starts in `start`.
 * Methods are called in order and awaited one at a time; a method that throws never stops training.
 */
export abstract class GeneralTracker {
  /** Name by which `getTracker` and `log` options find it. */
  abstract readonly name: string;
  /** Whether it writes below `loggingDir`; then a run without one is refused. */
  abstract readonly requiresLoggingDirectory: boolean;
  /** False: every rank starts a tracker of its own. */
  readonly mainProcessOnly: boolean = true;

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

  /** A file or folder to keep with the run; it may change once this resolves. Optional. */
  logArtifact?(artifact: ArtifactData, context: LogContext): void | Promise<void>;

  /** A call of the native run object that the methods above do not have; see the event `"call"`. Optional. */
  call?(method: string, args: readonly LogValue[], context: LogContext): void | Promise<void>;

  /**
   * Takes events in order, as many as have come together, instead of the methods above. Once it resolves the service
   * has them all. If it rejects with a `TrackerUnreachableError` the same events come again later, with the same
   * `sequence` but perhaps in other portions, also in another process with the state saved last: recording an event
   * twice must come to the same as once. If it rejects with any other error they come again one by one, and the
   * one that fails alone is counted and left out.
   *
   * For trackers that talk to a service, and those whose files must end whole after a crash. Optional.
   *
   * @param signal aborts when time is up; stop and reject.
   */
  deliver?(events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void>;

  /** What another process needs to go on with this run after what was delivered. Optional. */
  state?(): TrackerState | undefined;

  /** Closes the run; everything logged is durable when it resolves. */
  finish(_status: FinishStatus): void | Promise<void> {}
}
