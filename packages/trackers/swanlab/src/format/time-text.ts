/** A moment as SwanLab's own client writes it: without a fraction for a whole second. @param ms since 1970. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
