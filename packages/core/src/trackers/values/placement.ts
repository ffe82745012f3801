import { checkOptions, type ForeignNames } from "../../options/check-options.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import type { LogContext } from "../../tracker-contract/log-value.ts";
import type { TrackerLogOptions } from "../../tracker-contract/tracker-options.ts";
import type { LogReduction } from "./combine.ts";

/** The place of values on the time axis. */
export type LogOptions = {
  /** An integer; without it trackers use the next step of their own. */
  readonly step?: number;
  /** Options of single trackers for this call, by name. */
  readonly logOptions?: TrackerLogOptions;
};

/** Options of `log`. */
export type ReducedLogOptions = LogOptions & {
  /**
   * Every rank makes the call, and the values of all of them become one on the main process. No rank waits for another:
   * the values are on their way while the training goes on. By default those of the main process are recorded.
   */
  readonly reduce?: LogReduction;
};

/** The place of values on the time axis, and the options of single trackers. */
export type Placement = {
  readonly context: LogContext;
  readonly logOptions?: TrackerLogOptions;
};

const RULES: OptionRules<LogOptions> = { step: "integer", logOptions: "object" };

export const REDUCED_LOG_RULES: OptionRules<ReducedLogOptions> = { ...RULES, reduce: "any" };

const FOREIGN_NAMES: ForeignNames = {
  logKwargs: 'did you mean "logOptions"?',
  epoch: "log it as a value, or give it to a tracker in logOptions",
};

/**
 * The placement of what is logged now.
 *
 * @param call name of the call, for messages.
 * @param rules of the call's options, if it has more than a placement.
 * @throws {AcceleratorError} `OPTION_INVALID` for a step that is no integer, or an option that does not exist.
 */
export function placementOf(
  call: string,
  options: LogOptions,
  rules: OptionRules<LogOptions> = RULES,
): Placement {
  checkOptions(call, options, rules, FOREIGN_NAMES);
  const { step, logOptions } = options;
  const context = { wallTimeMs: Date.now(), ...(step === undefined ? {} : { step }) };
  return logOptions === undefined ? { context } : { context, logOptions };
}
