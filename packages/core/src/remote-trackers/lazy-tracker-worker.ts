import type { RemoteHub } from "../context/remote-hub.ts";

/**
 * The trackers of a script started with plain `node`. They have a thread of their own, so that they record while the
 * script computes. The thread starts with the first tracker and ends with the last.
 */
export function trackerThread(): RemoteHub {
  return {
    async start(request) {
      // Imported only here: every training script imports this module, but many use no tracker.
      const { TrackerWorker } = await import("./tracker-worker.ts");
      const thread = new TrackerWorker();
      try {
        const trackers = await thread.during(() => thread.hub.start(request));
        return {
          ...trackers,
          flush: () => thread.during(() => trackers.flush()),
          async finish(status) {
            try {
              await thread.during(() => trackers.finish(status));
            } finally {
              await thread.stop();
            }
          },
        };
      } catch (error) {
        await thread.stop();
        throw error;
      }
    },
  };
}
