/** Longest name of a metric, parameter or other that Comet's client sends. */
export const MAX_NAME_LENGTH = 100;
/** Longest text of a parameter or other that Comet's client sends. */
export const MAX_TEXT_LENGTH = 1000;

const MARK = " [truncated]";

/** Cuts a text the way Comet's client does, counting code points; a pair of surrogates stays whole. */
export function limitText(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = [...text];
  if (points.length <= length) return text;
  return points.slice(0, length - MARK.length).join("") + MARK;
}
