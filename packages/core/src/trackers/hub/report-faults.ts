import type { TrackerReport } from "../../tracker-contract/tracker-event.ts";
import type { EventLog } from "./event-log.ts";

/** One line for every tracker that failed or did not receive everything, with what to do about it. */
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
    .map(
      ({
        name,
        sequence,
        delivers,
        obstacle = "the time limit deliveryTimeoutMs ended before the service had accepted them",
      }) => {
        const rest = log.length - sequence;
        const advice =
          runFolder === undefined
            ? "They are lost: there was no journal."
            : !delivers
              ? `They are in the journal, ${runFolder}, and not in its files.`
              : `They are kept; deliver them with: npx acc sync ${runFolder}`;
        return `The tracker "${name}" lacks ${rest} of ${log.length} events (${obstacle}). ${advice}`;
      },
    );
  const lost =
    log.refused === 0
      ? []
      : [
          `${log.refused} events were lost: the disk did not take the journal and the buffer in memory was full, or they were too large.`,
        ];
  return [...failures, ...rests, ...lost];
}
