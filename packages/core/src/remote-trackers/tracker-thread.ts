/** The entry file of the thread that runs the trackers of a script started with plain `node`. */
import { parentPort, workerData } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import type { TrackerThreadMessage, TrackerThreadTask } from "./protocol.ts";
import { TrackerService } from "./tracker-service.ts";

const { calls, backlog } = workerData as TrackerThreadTask;
const trackers = new TrackerService((warning) => parentPort?.postMessage(warning), backlog);
let received = 0;

parentPort?.on("message", (message: TrackerThreadMessage) => {
  switch (message.type) {
    case "event":
      received += 1;
      trackers.receive(message.event, message.weight);
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
  await trackers.flushTrackers({ events: received, calls: [] });
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
