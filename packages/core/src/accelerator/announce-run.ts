import { relative } from "node:path";
import { safeText } from "../safe-text.ts";

/** Values of `ACC_LOG_LEVEL` under which nothing is said that is only for information. */
const QUIET: readonly (string | undefined)[] = ["warn", "error"];

/**
 * Tells the user in one line how to look at a run that is kept; not where `ACC_LOG_LEVEL` is above `info`.
 *
 * @param loggingDir where the run is; undefined: in the working directory.
 */
export function announceRun(runId: string, loggingDir: string | undefined): void {
  if (QUIET.includes(process.env.ACC_LOG_LEVEL?.toLowerCase())) return;
  const directory = relative(process.cwd(), loggingDir ?? ".");
  const operand = /^[\w./-]*$/.test(directory) ? directory : JSON.stringify(directory);
  const command = `npx acc ui ${operand}`.trimEnd();
  console.error(safeText(`Run ${runId.slice(0, 8)} is kept. Look at it: ${command}`));
}
