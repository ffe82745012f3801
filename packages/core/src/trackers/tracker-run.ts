import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { TrackerRun } from "./tracker-plugin.ts";

/** A recording that lives in this process only. */
export function createRun(name: string, loggingDir: string | undefined): TrackerRun {
  const id = randomUUID().replaceAll("-", "");
  return {
    id,
    startedMs: Date.now(),
    folder: join(resolve(loggingDir ?? "."), ".acc", id, name),
    script: process.argv[1],
    state: undefined,
    isReplay: false,
    save: async () => {},
    post: () => {},
    warn: (message) => process.emitWarning(message),
  };
}
