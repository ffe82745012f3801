import type { MonitoringRequest } from "../../context/tracker-request.ts";
import { checkOptions } from "../../options/check-options.ts";
import type { OptionRules } from "../../options/option-rule.ts";

/** What a run records of its surroundings. What is left out is as each tracker's official client has it. */
export type MonitoringOptions = {
  /** How busy the machine, the process and the replicas are. */
  readonly system?: boolean;
  /** What the replicas print. */
  readonly console?: boolean;
  /** Time between two samples of the load. Default 10 seconds. */
  readonly intervalSeconds?: number;
};

const RULES: OptionRules<MonitoringOptions> = {
  system: "boolean",
  console: "boolean",
  intervalSeconds: { numberFrom: 0.1, to: 2_000_000 }, // the longest time that a timer takes is 2 ** 31 milliseconds,
};

const INTERVAL_SECONDS = 10;

/** @throws {AcceleratorError} `OPTION_INVALID` for an option that does not exist, or has a value of another kind. */
export function resolveMonitoring(
  monitoring: boolean | MonitoringOptions | undefined,
): MonitoringRequest {
  if (monitoring === undefined || typeof monitoring === "boolean") {
    const asked = monitoring;
    return { system: asked, console: asked, intervalMs: INTERVAL_SECONDS * 1000 };
  }
  checkOptions("initTrackers, monitoring", monitoring, RULES);
  const { system, console, intervalSeconds = INTERVAL_SECONDS } = monitoring;
  return { system, console, intervalMs: intervalSeconds * 1000 };
}
