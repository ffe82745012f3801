import { AcceleratorError } from "../errors.ts";
import type { OutputStream } from "./output-stream.ts";

const STYLES = ["bars", "lines", "off"] as const;

/** Bars that move, a line now and then, or nothing. */
export type ProgressStyle = (typeof STYLES)[number];

/**
 * How progress is shown: as `ACC_PROGRESS` says, else as bars on a terminal and as lines anywhere else.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if `ACC_PROGRESS` is something else.
 */
export function progressStyle(stream: OutputStream): ProgressStyle {
  const asked = process.env.ACC_PROGRESS;
  if (asked) {
    const style = STYLES.find((name) => name === asked.toLowerCase());
    if (style) return style;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `ACC_PROGRESS must be one of ${STYLES.join(", ")}, got ${JSON.stringify(asked)}.`,
    );
  }
  return stream.isTTY && process.env.TERM !== "dumb" ? "bars" : "lines";
}
