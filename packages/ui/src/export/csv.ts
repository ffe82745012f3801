import type { AllPoints } from "../wire/series.ts";

/** Lines that are made at a time: a run may have millions. */
const CHUNK = 10_000;
/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+@\t\r]|^-(?![\d.])/;

/** The values of a run as CSV (RFC 4180): one line for each value. Numbers have all their digits. */
export function* csvOf(
  run: string,
  series: Iterable<readonly [key: string, points: AllPoints]>,
): Generator<string> {
  yield "run,key,step,time,value\r\n";
  for (const [key, { steps, times, values }] of series) {
    const start = `${cell(run)},${cell(key)}`;
    for (let from = 0; from < values.length; from += CHUNK) {
      let text = "";
      for (let i = from; i < Math.min(from + CHUNK, values.length); i++) {
        text += `${start},${steps[i]},${timeText(times[i] as number)},${values[i]}\r\n`;
      }
      yield text;
    }
  }
}

/** A text that others wrote: in quotes where it needs them, and never a formula. */
function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
