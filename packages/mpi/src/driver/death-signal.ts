import { spawnSync } from "node:child_process";

/** A program of util-linux, which most systems have. */
const PREFIX = ["setpriv", "--pdeathsig", "TERM"];

/**
 * A command that gets SIGTERM when this process is gone, killed perhaps: a job must not go on without its `acc launch`. Where the system
 * has no `setpriv` it does.
 */
export function endedWithThisProcess(command: readonly string[]): readonly [string, ...string[]] {
  const [program = "", ...args] = [...PREFIX, "true"];
  const isThere = spawnSync(program, args).status === 0;
  const [first = "", ...others] = isThere ? [...PREFIX, ...command] : command;
  return [first, ...others];
}
