import type { ConsoleLine } from "@acc/core/tracker";

/** A line as it is shown: with its rank, if the run has several. */
export function consoleText({ text, rank }: ConsoleLine): string {
  return rank === undefined ? text : `[rank ${rank}] ${text}`;
}
