/** In front of the keys of the machine's load. */
export const SYSTEM_PREFIX = "system/";

/** Whether a key is about the machine, and not something that the script logged. */
export function isSystemKey(key: string): boolean {
  return key.startsWith(SYSTEM_PREFIX);
}
