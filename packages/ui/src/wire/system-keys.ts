/** In front of the keys of the machine's load. */
export const SYSTEM_PREFIX = "system/";

/** Whether a key is about the machine, and not something that the script logged. */
export function isSystemKey(key: string): boolean {
  return key.startsWith(SYSTEM_PREFIX);
}

/** What is told of how a replica spends its time. */
const PACE_NAMES = { waiting: "waiting %", loading: "loading %", batches: "batches/s" } as const;

/** The name of a curve, without the prefix. */
export function paceName(rank: number, of: keyof typeof PACE_NAMES): string {
  return `replica ${rank} ${PACE_NAMES[of]}`;
}

/** The key of a curve. */
export function paceKey(rank: number, of: keyof typeof PACE_NAMES): string {
  return SYSTEM_PREFIX + paceName(rank, of);
}
