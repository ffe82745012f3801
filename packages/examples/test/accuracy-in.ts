/** The last accuracy that an example has printed, in percent; NaN if there is none. */
export function accuracyIn(stdout: string): number {
  const [, percent] = [...stdout.matchAll(/accuracy ([\d.]+) %/g)].at(-1) ?? [];
  return Number(percent ?? Number.NaN);
}
