// Columns of a terminal: marks take none, scripts of East Asia and pictures two.
const MARK = /\p{M}|\u200d/u;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;

const widthOf = (character: string): number =>
  MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The beginning of a text that fits, with `…` where something is left out. */
export function fitText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let fitting = "";
  let width = 1; // of the …
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    fitting += character;
  }
  return columns < 1 ? "" : `${fitting}…`;
}
