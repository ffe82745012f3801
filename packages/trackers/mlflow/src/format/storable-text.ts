import { wellFormed } from "@acc/tracker-kit";

/**
 * A text that the server stores without a change: well-formed, because the server ignores the rest of a message after a
 * lone surrogate and still answers 200; and without NUL, which some of its databases refuse.
 *
 * @param maxLength in characters (code points, as Python counts); a longer text is cut and ends with an ellipsis.
 */
export function storableText(text: string, maxLength: number = Number.POSITIVE_INFINITY): string {
  const clean = wellFormed(text).replaceAll("\0", "\u{fffd}");
  if (clean.length <= maxLength) return clean;
  const characters = [...clean];
  return characters.length <= maxLength ? clean : `${characters.slice(0, maxLength - 1).join("")}…`;
}
