/** The entry file of the thread that runs the trackers of a script started with plain `node`. */
import { parentPort, workerData } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import { MonitorSources } from "../monitoring/monitor-sources.ts";
import { nativeThreadId } from "../monitoring/native-thread.ts";
import { RankClock } from "../rank-clock.ts";
import type { TrackerThreadMessage, TrackerThreadTask } from "./protocol.ts";
import { TrackerServices } from "./tracker-services.ts";

const { calls, clock } = workerData as TrackerThreadTask;
const sources = new MonitorSources([new RankClock(clock, 0)]);
// The script runs on the first thread of the process, which has its number.
if (nativeThreadId() !== undefined) sources.threads.set(0, process.pid);
const trackers = new TrackerServices((warning) => parentPort?.postMessage(warning), sources);

parentPort?.on("message", (message: TrackerThreadMessage) => {
  if (message.type === "flush") void flush(message.done);
  else if (message.type === "output") sources.console.write(message);
  else trackers.receive(message);
});
expose(trackers, calls as unknown as Endpoint);

async function flush(done: Int32Array): Promise<void> {
  await trackers.flushArrived();
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
