/**
 * Whether an object that was parsed from a JSON text has all members of the text: of several with one name, `JSON.parse`
 * takes the last. Outside of strings, a text has one colon for each member.
 */
export function hasAllMembers(text: string, parsed: unknown): boolean {
  return colonsIn(text) === keysIn(parsed);
}

function colonsIn(text: string): number {
  let colons = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x3a) colons += 1;
    else if (character === 0x22) index = endOfString(text, index);
  }
  return colons;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x22) return index;
    if (character === 0x5c) index += 1; // the character after a backslash
  }
  return text.length;
}

/** Without recursion: the text may be nested as deeply as somebody likes. */
function keysIn(parsed: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [parsed];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    const items = Object.values(value);
    if (!Array.isArray(value)) keys += items.length;
    for (const item of items) waiting.push(item);
  }
  return keys;
}
