import type { RemoteHub } from "../trackers/remote-hub.ts";
import type { TrackerWorker } from "./tracker-worker.ts";

/**
 * The trackers of a script that nobody launched: they have a thread of their own, so that they record while the
 * script computes. The thread starts with the first tracker and ends with the last.
 */
export function trackerThread(): RemoteHub {
  let thread: TrackerWorker | undefined;
  const hub = (): RemoteHub => (thread as TrackerWorker).hub;
  return {
    async start(request) {
      // Imported only here: every training script imports this module, and many have no tracker.
      const { TrackerWorker } = await import("./tracker-worker.ts");
      thread = new TrackerWorker();
      try {
        return await thread.during(() => hub().start(request));
      } catch (error) {
        await thread.stop();
        throw error;
      }
    },
    post: (event) => hub().post(event),
    sync: async () => await thread?.during(() => hub().sync()),
    async finish(status) {
      try {
        await thread?.during(() => hub().finish(status));
      } finally {
        await thread?.stop();
      }
    },
  };
}
