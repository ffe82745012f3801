import { AcceleratorError } from "../errors.ts";
import type { LogContext } from "./log-value.ts";
import type { TrackerLogOptions } from "./tracker-options.ts";

/** Where values belong on the time axis. */
export type LogOptions = {
  /** An integer; trackers count on by themselves if it is left out. */
  readonly step?: number;
  /** What is asked of single trackers for this call, by their names. */
  readonly logOptions?: TrackerLogOptions;
};

/** Where values belong, and what is asked of single trackers with them. */
export type Placement = {
  readonly context: LogContext;
  readonly logOptions?: TrackerLogOptions;
};

/** The place of what is logged now. @throws {AcceleratorError} `OPTION_INVALID` for a step that is no integer. */
export function placementOf({ step, logOptions }: LogOptions): Placement {
  if (step !== undefined && !Number.isSafeInteger(step)) {
    throw new AcceleratorError("OPTION_INVALID", `log: step must be an integer, got ${step}.`);
  }
  const context = { wallTimeMs: Date.now(), ...(step === undefined ? {} : { step }) };
  return logOptions === undefined ? { context } : { context, logOptions };
}
