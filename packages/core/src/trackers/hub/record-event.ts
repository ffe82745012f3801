import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { MonitorEvent } from "../../tracker-contract/monitoring.ts";
import type { TrackerEvent } from "../../tracker-contract/tracker-event.ts";

/** Applies one event to one tracker. A new event type does not compile until it is handled here. */
export async function recordEvent(
  tracker: GeneralTracker,
  event: TrackerEvent | MonitorEvent,
): Promise<void> {
  switch (event.type) {
    case "config":
      return tracker.storeInitConfiguration(event.values);
    case "metrics":
      return tracker.log(event.values, event.context);
    case "images":
      if (!supports(tracker, "logImages", event)) return;
      return tracker.logImages?.(event.values, event.context);
    case "tables":
      if (!supports(tracker, "logTable", event)) return;
      return tracker.logTable?.(event.values, event.context);
    case "figures":
      if (!supports(tracker, "logFigure", event)) return;
      return tracker.logFigure?.(event.values, event.context);
    case "media":
      if (!supports(tracker, "logMedia", event)) return;
      return tracker.logMedia?.(event.values, event.context);
    case "artifact":
      if (!supports(tracker, "logArtifact", event)) return;
      return tracker.logArtifact?.(event.artifact, event.context);
    case "call":
      if (!supports(tracker, "call", event)) return;
      return tracker.call?.(event.method, event.args, event.context);
    case "system":
      return tracker.logSystem?.(event.sample, event.context);
    case "console":
      return tracker.logConsole?.(event.lines, event.context);
    default:
      event satisfies never;
  }
}

/** An event for all trackers is ignored by those without the method; an event for one tracker must not be lost. */
function supports(
  tracker: GeneralTracker,
  method: "logImages" | "logTable" | "logFigure" | "logMedia" | "logArtifact" | "call",
  { target }: TrackerEvent,
): boolean {
  if (tracker[method]) return true;
  if (target === undefined) return false;
  throw new Error(`it has no ${method}`);
}
