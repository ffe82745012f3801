import { dirname, relative, sep } from "node:path";
import { announcement } from "../announcement.ts";
import type { RunPlace } from "../context/tracker-request.ts";
import { safeText } from "../safe-text.ts";

/** Whether the user wants to see neither what is only for information nor progress. */
function isQuiet({ ACC_LOG_LEVEL: level, ACC_PROGRESS: progress }: NodeJS.ProcessEnv): boolean {
  return (
    ["warn", "error"].includes(level?.toLowerCase() ?? "") || progress?.toLowerCase() === "off"
  );
}

/** npm runs a script in the folder of its package, which may be below the one where npm was called, and names that one. */
function whereTheUserIs(): string {
  const [called, cwd] = [process.env.INIT_CWD, process.cwd()];
  return called !== undefined && cwd.startsWith(`${called}${sep}`) ? called : cwd;
}

/**
 * Tells the user in one line how to look at a run that is kept; not with `ACC_PROGRESS=off`, nor where
 * `ACC_LOG_LEVEL` is above `info`.
 */
export function announceRun({ runId, folder }: RunPlace): void {
  if (isQuiet(process.env)) return;
  const directory = relative(whereTheUserIs(), dirname(dirname(folder))); // it is DIRECTORY/.acc/RUN
  const operand = /^[\w./-]*$/.test(directory) ? directory : JSON.stringify(directory);
  const command = `npx acc ui ${operand}`.trimEnd();
  console.error(safeText(announcement(runId, command)));
}
