/** The entry file of the thread that writes traces: the thread that trains does neither JSON nor files. */
import { dirname } from "node:path";
import { parentPort } from "node:worker_threads";
import { messageOf } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { writeWhole } from "../write-whole.ts";
import { type Trace, traceText } from "./trace-text.ts";

parentPort?.on("message", (trace: Trace) => {
  void write(trace).then((fault) => parentPort?.postMessage(fault));
});

/** @returns why it could not be written; an empty text if it was. */
async function write(trace: Trace): Promise<string> {
  try {
    await makeFolder(dirname(trace.path));
    await writeWhole(trace.path, [Buffer.from(traceText(trace))]); // a viewer never finds half a trace
    return "";
  } catch (error) {
    return messageOf(error);
  }
}
