import { readFileSync, readlinkSync } from "node:fs";

/** Linux counts the time of a thread in hundredths of a second, whatever the kernel. */
const TICK_MS = 10;

/** The number of the calling thread in the operating system; undefined where it does not say (all but Linux). */
export function nativeThreadId(): number | undefined {
  try {
    // PID/task/TID, as the calling thread sees it.
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return undefined;
  }
}

/** How long a thread of this process has computed, in milliseconds; undefined if it has ended. */
export function threadTimeMs(id: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "latin1");
    // The name, in parentheses, may hold anything; 12 and 13 fields behind it are the times in user code and in the kernel.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}
