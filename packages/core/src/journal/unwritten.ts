/**
 * How much `log` may have accepted that is not in the file of the journal: so many events, or fewer large ones. What a killed
 * process loses is never more. `log` waits for the disk before it would be.
 */
export const MOST_UNWRITTEN = 2000;
/** An event counts once more for each of these bytes. */
const UNIT_BYTES = 4096;

/** For how much an event of so many bytes counts. */
export function weightOf(bytes: number): number {
  return 1 + Math.floor(bytes / UNIT_BYTES);
}
