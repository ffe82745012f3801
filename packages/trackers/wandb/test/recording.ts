import { TrackerRecording } from "@acc/test-kit/contract/recording";
import type { WandbOptions } from "../src/options.ts";
import { WandbTracker } from "../src/tracker.ts";

/** A run, and the tracker of the process that records it. */
export class Recording extends TrackerRecording<WandbTracker> {
  static async start(
    folder: string,
    options: WandbOptions = {},
    projectName = "proj",
    script?: string,
  ): Promise<Recording> {
    const recording = new Recording(folder, (attached) => {
      const given = { dir: folder, ...options };
      const run = script === undefined ? attached : { ...attached, script };
      return new WandbTracker({ projectName, loggingDir: undefined, options: given, run });
    });
    await recording.tracker.start();
    return recording;
  }
}
