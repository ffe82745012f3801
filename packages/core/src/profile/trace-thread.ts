/** The entry file of the thread that writes traces: the thread that trains does neither JSON nor files. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parentPort } from "node:worker_threads";
import { messageOf } from "../errors.ts";
import { type Trace, traceText } from "./trace-text.ts";

parentPort?.on("message", (trace: Trace) => {
  void write(trace).then((fault) => parentPort?.postMessage(fault));
});

/** @returns why it could not be written; an empty text if it was. */
async function write(trace: Trace): Promise<string> {
  try {
    await mkdir(dirname(trace.path), { recursive: true });
    const temporary = `${trace.path}.${process.pid}.tmp`; // a viewer never finds half a trace
    await writeFile(temporary, traceText(trace));
    await rename(temporary, trace.path);
    return "";
  } catch (error) {
    return messageOf(error);
  }
}
