import { AcceleratorError, type LogValue } from "@acc/core/tracker";

export const ALERT_LEVELS = ["INFO", "WARN", "ERROR"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** A message that W&B sends to the user, by mail or in Slack. */
export type Alert = {
  /** Unique in the run and the same in every attempt. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly level: AlertLevel;
  /** For so long W&B sends no other alert of this title. */
  readonly waitMs: number;
};

/** The default of W&B's own client, in seconds. */
const WAIT_SECONDS = 60;

/**
 * The arguments of a call as an alert.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for a level or a time that W&B does not have.
 */
export function alertOf(key: string, args: readonly LogValue[]): Alert {
  const [title, text, level = "INFO", waitSeconds = WAIT_SECONDS] = args;
  const known = ALERT_LEVELS.find((one) => one === level);
  if (!known) {
    throw invalid(`the level must be one of ${ALERT_LEVELS.join(", ")}, got ${String(level)}`);
  }
  if (!(typeof waitSeconds === "number" && waitSeconds >= 0 && Number.isFinite(waitSeconds))) {
    throw invalid(`waitSeconds must be a number of at least 0, got ${String(waitSeconds)}`);
  }
  const waitMs = Math.trunc(waitSeconds * 1000);
  return { key, title: String(title), text: String(text ?? ""), level: known, waitMs };
}

function invalid(fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `alert of W&B: ${fault}.`);
}
