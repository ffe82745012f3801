import { parseConfigJson } from "./config-text.ts";
import { parseJsonText } from "./json-text.ts";
import type { ExistingRun } from "./queries.ts";
import { NEW_RUN, type RecorderState } from "./recorder.ts";
import { Row } from "./row.ts";

/** Where recording goes on in a run that the server has: behind its last step, with its summary and configuration. */
export function resumedState(existing: ExistingRun): RecorderState {
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
