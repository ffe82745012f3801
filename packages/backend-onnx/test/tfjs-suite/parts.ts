/** A part of the tests, and the number of parts. */
export type Part = readonly [part: number, parts: number];

/** Whether a test belongs to a part: the parts have about as many tests each, all kinds in each. */
export function isIn([part, parts]: Part, name: string): boolean {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum = (31 * sum + name.charCodeAt(i)) % 1_000_003;
  return sum % parts === part;
}
