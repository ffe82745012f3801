import type { Keeping } from "../../context/tracker-request.ts";
import { AcceleratorError } from "../../errors.ts";
import { LoggerType } from "../../logger-type.ts";
import type { LogWith } from "./log-with.ts";

/**
 * Whether the folder of a run stays when the run has ended well: if the user names `"local"`, or says so with `keepRuns`;
 * otherwise if there is a project directory.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if they say both.
 */
export function resolveKeeping(
  logWith: LogWith | readonly LogWith[] | undefined,
  keepRuns: boolean | undefined,
  projectDir: string | undefined,
): Keeping | undefined {
  const isNamed = ([logWith].flat() as (LogWith | undefined)[]).includes(LoggerType.Local);
  if (isNamed && keepRuns === false) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      'logWith has "local", which keeps the run, and keepRuns is false. Leave one of them out.',
    );
  }
  if (isNamed || keepRuns) return "asked";
  return keepRuns === undefined && projectDir !== undefined ? "default" : undefined;
}
