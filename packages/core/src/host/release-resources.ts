import { messageOf } from "../errors.ts";
import type { NativeResources } from "../worker/native-resources.ts";

/**
 * Releases what a thread has left behind. It must be gone: it may have been killed inside a native call
 * that uses what is freed here.
 *
 * @param warn told of what cannot be released: it stays until the process ends.
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
