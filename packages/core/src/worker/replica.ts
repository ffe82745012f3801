import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { selectBackend } from "../backend/select-backend.ts";
import { SharedMemory } from "../collective/shared-memory.ts";
import { AcceleratorError } from "../errors.ts";
import { closeOpenSessions } from "../trackers/open-sessions.ts";
import { connectHost } from "./connect-host.ts";
import { sendOutputTo } from "./line-output.ts";
import type { ReplicaOutcome, ReplicaTask } from "./protocol.ts";
import { toRemoteError } from "./remote-error.ts";
import { setReplicaContext } from "./replica-context.ts";

/**
 * The file that Piscina loads: runs the training script in this thread. The script's top level is the
 * program; a function it exports by default is then called with the arguments, and what that returns is
 * the result of the rank.
 */
export default async function runReplica(task: ReplicaTask): Promise<ReplicaOutcome> {
  const { rank, scriptUrl, args, group } = task;
  const host = connectHost(task);
  const flushOutput = sendOutputTo(host);
  setReplicaContext({ collective: new SharedMemory(group, rank), host, scriptUrl });
  process.argv = [process.execPath, fileURLToPath(scriptUrl), ...args.map(String)];
  let outcome: ReplicaOutcome;
  try {
    if (/\.m?ts$/.test(scriptUrl)) await import(REGISTER_TS);
    await selectBackend("auto", scriptUrl); // before the script: its top level may already make tensors
    const script = await importScript(scriptUrl);
    const value = typeof script.default === "function" ? await script.default(...args) : undefined;
    await closeOpenSessions("success");
    outcome = { ok: true, value };
  } catch (error) {
    await closeOpenSessions("failure").catch(() => {}); // the first error is the one to report
    outcome = { ok: false, error: toRemoteError(error) };
  }
  flushOutput();
  return outcome;
}

/** @throws {AcceleratorError} `SCRIPT_INVALID` if it, or a module it imports, cannot be parsed. */
async function importScript(scriptUrl: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(scriptUrl);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "SyntaxError") throw error;
    const path = fileURLToPath(scriptUrl);
    throw new AcceleratorError(
      "SCRIPT_INVALID",
      `The training script ${path}, or a module it imports, cannot be parsed: ${error.message}${placeOf(path)}`,
      { cause: error },
    );
  }
}

/** Where in a file its syntax error is: Node.js tells nobody but the terminal. */
function placeOf(path: string): string {
  const { stderr } = spawnSync(process.execPath, ["--check", path], {
    encoding: "utf8",
    timeout: CHECK_TIMEOUT_MS,
  });
  const [place = ""] = stderr?.split("\n", 1) ?? [];
  return /:\d+$/.test(place) ? ` (${place})` : "";
}

const CHECK_TIMEOUT_MS = 5000;

// Same relative place from src/worker and from dist/worker; plain JavaScript, so it is not built.
const REGISTER_TS = new URL("../../src/register-ts.mjs", import.meta.url).href;
