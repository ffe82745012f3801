import type { NativeResources } from "../context/native-resources.ts";
import { messageOf } from "../errors.ts";

/**
 * Releases what a thread has left behind. The thread must have ended: it may have been terminated inside a native
 * call that uses what is freed here.
 *
 * @param warn called for what cannot be released: it stays in memory until the process ends.
 */
export async function releaseResources(
  left: readonly NativeResources[],
  warn: (message: string) => void,
): Promise<void> {
  for (const { releaser, register } of left) {
    try {
      const { release } = (await import(releaser)) as Releaser;
      release(register);
    } catch (error) {
      warn(`what ${releaser} releases stays in memory: ${messageOf(error)}`);
    }
  }
}

type Releaser = { release(register: SharedArrayBuffer): void };
