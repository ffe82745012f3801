import type { EventLog } from "./event-log.ts";
import type { TrackerReport } from "./tracker-event.ts";

/** One line for every tracker that failed or has not got everything, with what to do about it. */
export function reportFaults(
  reports: readonly TrackerReport[],
  log: Pick<EventLog, "length" | "refused">,
  runFolder: string | undefined,
): string[] {
  const failures = reports
    .filter(({ failed }) => failed > 0)
    .map(({ name, failed, delivered, firstError }) => {
      const calls = failed === 1 ? "1 call" : `${failed} calls`;
      return `The tracker "${name}" failed in ${calls} (first: ${firstError}); ${delivered} events were recorded.`;
    });
  const rests = reports
    .filter(({ isComplete }) => !isComplete)
    .map(({ name, sequence, obstacle = "time was up before the service had taken them" }) => {
      const rest = log.length - sequence;
      const advice =
        runFolder === undefined
          ? "They are lost: there was no journal."
          : `They are kept; send them with: npx acc sync ${runFolder}`;
      return `The tracker "${name}" lacks ${rest} of ${log.length} events (${obstacle}). ${advice}`;
    });
  const lost =
    log.refused === 0
      ? []
      : [
          `${log.refused} events were lost: the disk did not take the journal, and memory was full.`,
        ];
  return [...failures, ...rests, ...lost];
}
