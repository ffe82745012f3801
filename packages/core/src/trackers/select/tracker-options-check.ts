import type { LogOptionRules } from "../../context/tracker-request.ts";
import { LoggerType } from "../../logger-type.ts";
import { checkOptions, type ForeignNames } from "../../options/check-options.ts";
import { registeredTrackers } from "./registry.ts";

/**
 * Checks that options by tracker are for trackers that exist. A tracker that this run does not use may have options:
 * scripts keep them when they change `logWith`.
 *
 * @param owner the option that holds them: `initOptions` or `logOptions`.
 * @param names of the trackers in use.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function checkTrackerNames(owner: string, options: object, names: readonly string[]): void {
  const builtIn = Object.values(LoggerType).filter((name) => name !== LoggerType.All);
  const known = [...new Set([...names, ...builtIn, ...registeredTrackers()])];
  const rules = Object.fromEntries(known.map((name) => [name, "object"] as const));
  checkOptions(owner, options, rules, FOREIGN_NAMES);
}

/** @throws {AcceleratorError} `OPTION_INVALID` for an option that a tracker does not have for one call. */
export function checkLogOptions(
  options: Readonly<Record<string, object | undefined>>,
  names: readonly string[],
  rules: LogOptionRules,
): void {
  checkTrackerNames("logOptions", options, names);
  for (const [name, own] of Object.entries(options)) {
    const ownRules = rules[name];
    if (own && ownRules) checkOptions(`logOptions.${name}`, own, ownRules);
  }
}

const FOREIGN_NAMES: ForeignNames = { tb: 'did you mean "tensorboard"?' };
