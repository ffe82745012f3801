/** The file of the thread that runs the trackers of a script which nobody launched. */
import { parentPort, workerData } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import type { TrackerThreadMessage, TrackerThreadTask } from "../worker/protocol.ts";
import { TrackerService } from "./tracker-service.ts";

const { calls } = workerData as TrackerThreadTask;
const trackers = new TrackerService((warning) => parentPort?.postMessage(warning));
let received = 0;

parentPort?.on("message", (message: TrackerThreadMessage) => {
  switch (message.type) {
    case "event":
      received += 1;
      trackers.receive(message.event);
      break;
    case "flush":
      void flush(message.done);
      break;
    default:
      message satisfies never;
  }
});
expose(trackers, calls as unknown as Endpoint);

async function flush(done: Int32Array): Promise<void> {
  await trackers.syncTrackers({ events: received, calls: [] });
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
