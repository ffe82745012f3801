import type { GeneralTracker } from "../tracker-contract/general-tracker.ts";
import type { Monitored } from "../tracker-contract/monitoring.ts";

/**
 * The trackers that get a part of what is observed; undefined if nobody wants it, and it need not be observed.
 *
 * @param asked what the user says; undefined: each tracker as its official client does.
 * @param isKept whether the run stays, for `acc ui`.
 */
export function recipientsOf(
  trackers: readonly GeneralTracker[],
  part: keyof Monitored,
  asked: boolean | undefined,
  isKept: boolean,
): string[] | undefined {
  if (asked === false) return undefined;
  const wants = ({ monitored }: GeneralTracker): boolean =>
    asked ? monitored[part] !== undefined : monitored[part] === true;
  const names = trackers.filter(wants).map(({ name }) => name);
  return names.length > 0 || isKept ? names : undefined;
}
