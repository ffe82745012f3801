import { wellFormed } from "@acc/tracker-kit";

const MAX_LENGTH = 512;
/** SwanLab's own series, such as those of the hardware. */
const SYSTEM_PREFIX = "__swanlab__.";

/**
 * A name as SwanLab's own client makes it: without blanks, dots and slashes at both ends, and cut. Control characters, for
 * which that client drops a value, become `_`.
 *
 * @returns undefined if there is nothing left, or the name is one of SwanLab's own.
 */
export function metricKey(given: string): string | undefined {
  const key = wellFormed(given)
    .replace(/^[ \t\n\r./]+|[ \t\n\r./]+$/g, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
    .replace(/[\u0000-\u001f\u007f]/g, "_");
  if (key === "" || key.startsWith(SYSTEM_PREFIX)) return undefined;
  if (key.length <= MAX_LENGTH) return key;
  const cut = [...key].slice(0, MAX_LENGTH).join("");
  return cut.replace(/[ ./]+$/, "");
}

/** The part of the page that shows a series: what is before the first slash. */
export function sectionOf(key: string): string | undefined {
  const at = key.indexOf("/");
  return at < 0 ? undefined : key.slice(0, at);
}
