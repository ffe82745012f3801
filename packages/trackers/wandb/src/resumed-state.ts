import type { ExistingRun } from "./client/queries.ts";
import { parseConfigJson } from "./format/config-text.ts";
import { parseJsonText } from "./format/json-text.ts";
import { Row } from "./format/row.ts";
import { NEW_RUN, type RecordingState } from "./state.ts";

/** The state of a run that the server has: its last step, summary and configuration. */
export function resumedState(existing: ExistingRun): RecordingState {
  return {
    ...NEW_RUN,
    step: nextStep(existing),
    summary: Row.parse(existing.summaryMetrics || "{}").toJson(),
    config: parseConfigJson(existing.config || "{}"),
  };
}

function nextStep({ historyTail, historyLineCount }: ExistingRun): number {
  const lines = parseJsonText(historyTail || "[]");
  const last = Array.isArray(lines) ? lines.at(-1) : undefined;
  const step = typeof last === "string" ? Number(Row.parse(last).text("_step")) : Number.NaN;
  return Number.isSafeInteger(step) ? step + 1 : (historyLineCount ?? 0);
}
