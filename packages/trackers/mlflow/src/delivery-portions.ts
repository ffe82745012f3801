import type { DeliveredEvent, LogValue } from "@acc/core/tracker";
import { flatten, scalarOf } from "@acc/tracker-kit";

/** Events with files of their own in one portion: as many uploads as that are sent again after an interruption. */
const MAX_EVENTS_WITH_FILES = 16;

/**
 * Portions of a delivery, after each of which the progress is kept: a large file, or hundreds of small ones, are not sent
 * again because something behind them failed or time was up.
 */
export function deliveryPortions(events: readonly DeliveredEvent[]): DeliveredEvent[][] {
  const portions: DeliveredEvent[][] = [[]];
  let withFiles = 0;
  for (const event of events) {
    portions.at(-1)?.push(event);
    if (hasFiles(event)) withFiles += 1;
    if (event.type !== "artifact" && withFiles < MAX_EVENTS_WITH_FILES) continue;
    withFiles = 0;
    if (event !== events.at(-1)) portions.push([]);
  }
  return portions;
}

/** Whether anything of the event may become a file: MLflow's metrics are numbers. */
function hasFiles(event: DeliveredEvent): boolean {
  if (event.type !== "metrics") return event.type !== "config";
  return flatten(event.values).some(
    ([, value]: [string, LogValue]) => scalarOf(value) === undefined,
  );
}
