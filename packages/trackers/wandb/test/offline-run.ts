import type { WandbOptions } from "../src/options.ts";
import { offlineFolder, readOfflineRun } from "./read-run.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** An offline run in a folder of its own. */
export async function startOffline(
  options: WandbOptions = {},
): Promise<{ readonly dir: string; readonly recording: Recording }> {
  const dir = temporaryFolder();
  return { dir, recording: await Recording.start(dir, { mode: "offline", ...options }) };
}

/** Rows without their clock. */
export function rowsOf(dir: string): Record<string, unknown>[] {
  return readOfflineRun(offlineFolder(dir)).history.map(({ _timestamp, _runtime, ...row }) => row);
}
