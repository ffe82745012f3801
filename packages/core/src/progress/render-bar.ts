import type { ProgressState } from "../context/progress-state.ts";
import { safeText } from "../safe-text.ts";
import { fitText, textWidth } from "./text-width.ts";

const WIDEST_BAR = 24;
const NARROWEST_BAR = 8;

/**
 * A progress bar in one line of at most so many columns. Where there is little room, the bar becomes shorter, then goes,
 * and at last the text ends with `…`.
 */
export function renderBar(state: ProgressState, columns: number): string {
  const { current, total } = state;
  const description = safeText(state.description);
  const numbers = [
    total === undefined ? String(current) : `${current}/${total}`,
    timesOf(state),
    rateOf(state),
    safeText(state.postfix),
  ].filter((part) => part !== "");
  if (total === undefined) return fitText(joined([description, ...numbers]), columns);
  const share = total === 0 ? 1 : Math.min(current / total, 1);
  // Rounded down: 100 % is said when nothing is left.
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const line = (bar: string): string => joined([description, bar, percent, ...numbers]);
  const width = Math.min(WIDEST_BAR, columns - textWidth(line("")) - GAP.length);
  if (width < NARROWEST_BAR) return fitText(line(""), columns);
  const full = Math.round(share * width);
  return line("█".repeat(full) + "░".repeat(width - full));
}

const GAP = "  ";
const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(GAP);

function timesOf({ current, total, elapsedMs, rate, done }: ProgressState): string {
  const elapsed = clock(elapsedMs / 1000);
  const isOpen = !done && total !== undefined && rate > 0 && current < total;
  return isOpen ? `${elapsed}, ${clock((total - current) / rate)} left` : elapsed;
}

/** Items a second, or seconds an item where that is easier to read. */
function rateOf({ rate }: ProgressState): string {
  if (!(rate > 0 && rate < Number.POSITIVE_INFINITY)) return "";
  return rate >= 1 ? `${rounded(rate)}/s` : `${rounded(1 / rate)} s each`;
}

const rounded = (value: number): string =>
  value < 100 ? value.toFixed(1) : String(Math.round(value));

/** Seconds as `0:07`, `12:34` or `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}
