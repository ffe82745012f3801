import type {
  ArtifactData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValues,
  RunConfig,
  TableData,
} from "./log-value.ts";

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

  /** Closes the run; everything logged is durable when it resolves. */
  finish(_status: FinishStatus): void | Promise<void> {}
}
