/** `0 1 / 6 7` as batches. */
export function parseBatches(text: string): number[][] {
  return text === "" ? [] : text.split(" / ").map((batch) => batch.split(" ").map(Number));
}
