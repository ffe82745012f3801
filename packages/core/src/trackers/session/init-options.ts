import { AcceleratorError } from "../../errors.ts";
import { checkOptions, type ForeignNames } from "../../options/check-options.ts";
import { foundText } from "../../options/found-text.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import type { Loggable } from "../../tracker-contract/loggable.ts";
import type { TrackerInitOptions } from "../../tracker-contract/tracker-options.ts";
import type { MonitoringOptions } from "./monitoring-options.ts";

/** Options of `initTrackers`. */
export type InitTrackersOptions = {
  /** Hyperparameters of the run. */
  readonly config?: { readonly [key: string]: Loggable };
  /** Options for the named trackers, by name. */
  readonly initOptions?: TrackerInitOptions;
  /** A tracker that fails ends training instead of warning once. */
  readonly strict?: boolean;
  /**
   * How long `endTraining` waits for services, in milliseconds; what is not delivered by then stays in the journal
   * for `acc sync`. Default 30 000.
   */
  readonly deliveryTimeoutMs?: number;
  /**
   * Whether the load of the machine and what the script prints are recorded. Without it each tracker gets what its official
   * client records by itself, and a run that is kept has both; `true`: every tracker that has a place; `false`: none.
   */
  readonly monitoring?: boolean | MonitoringOptions;
};

const RULES: OptionRules<InitTrackersOptions> = {
  config: "object",
  initOptions: "object",
  strict: "boolean",
  deliveryTimeoutMs: { numberFrom: 0, below: 2 ** 31 },
  monitoring: "any",
};

const FOREIGN_NAMES: ForeignNames = { initKwargs: 'did you mean "initOptions"?' };

/** Time limit of delivery to services at the end of a run. */
export const DELIVERY_TIMEOUT_MS = 30_000;

/** @throws {AcceleratorError} `OPTION_INVALID` for an option that does not exist, or has a value of another kind. */
export function checkInitOptions(options: InitTrackersOptions): void {
  checkOptions("initTrackers", options, RULES, FOREIGN_NAMES);
}

/** @throws {AcceleratorError} `OPTION_INVALID` if it is empty. */
export function requireProjectName(projectName: string): void {
  if (typeof projectName === "string" && projectName.trim() !== "") return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `initTrackers needs a project name, a non-empty string; got ${foundText(projectName)}.`,
  );
}
