import type { OutputLine, Stats } from "../operation.ts";

/** A sample as a line of `wandb-events.jsonl`. */
export function eventLine({ timeMs, runtimeSeconds, values }: Stats): string {
  const named = Object.entries(values).map(([name, value]) => [`system.${name}`, value]);
  const place = { _wandb: true, _timestamp: timeMs / 1000, _runtime: runtimeSeconds };
  return JSON.stringify({ ...Object.fromEntries(named), ...place });
}

/** A line of `output.log`, with its time. */
export function outputLine({ text, isError, timeMs }: OutputLine): string {
  return `${isError ? "ERROR " : ""}${new Date(timeMs).toISOString().slice(0, -1)} ${text}`;
}
