/** The entry file of the thread that writes checkpoints. */
import { parentPort, workerData } from "node:worker_threads";
import { writeError } from "./file-errors.ts";
import { applyRetention } from "./retention.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";
import type { WriterJob, WriterMessage, WriterTask } from "./writer-protocol.ts";

const { done } = workerData as WriterTask;

parentPort?.on("message", (job: WriterJob) => {
  void run(job).then((message) => {
    send(message);
    Atomics.add(done, 0, 1);
    Atomics.notify(done, 0);
  });
});

function send(message: WriterMessage): void {
  parentPort?.postMessage(message);
}

async function run(job: WriterJob): Promise<WriterMessage> {
  try {
    if (job.type === "retain") {
      const removed = await applyRetention(job.folder, job.rules, { protect: job.protect });
      return { type: "retained", removed: removed.map(({ folder }) => folder) };
    }
    const { target, files, facts, isDurable, isReplacing } = job;
    const manifest = await writeCheckpoint(target, files, facts, {
      ...{ isDurable, isReplacing },
      warn: (message) => send({ type: "warning", message }),
    });
    return { type: "written", manifest };
  } catch (error) {
    const path = job.type === "write" ? job.target : job.folder;
    const { code, message, cause } = writeError(path, error);
    return { type: "failed", code, message, cause };
  }
}
