import { TrackerRecording } from "@acc/test-kit/contract/recording";
import type { SwanLabOptions } from "../src/options.ts";
import { SwanLabTracker } from "../src/tracker.ts";

/** A run, and the tracker of the process that records it. */
export class Recording extends TrackerRecording<SwanLabTracker> {
  static async start(
    folder: string,
    options: SwanLabOptions = {},
    projectName = "proj",
  ): Promise<Recording> {
    const recording = new Recording(folder, (run) => {
      const given = { logDir: folder, ...options };
      return new SwanLabTracker({ projectName, loggingDir: undefined, options: given, run });
    });
    await recording.tracker.start();
    return recording;
  }
}
