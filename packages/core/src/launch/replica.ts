import { fileURLToPath } from "node:url";
import { watchScriptBackend } from "../backend/script-backend.ts";
import { selectBackend } from "../backend/select-backend.ts";
import { setReplicaContext } from "../context/replica-context.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { createCollective } from "../hosts/create-collective.ts";
import { nativeThreadId } from "../monitoring/native-thread.ts";
import { connectHost } from "./connect-host.ts";
import { sendOutputTo } from "./line-output.ts";
import type { ReplicaMessage, ReplicaOutcome, ReplicaTask } from "./protocol.ts";
import { watchTraining } from "./repeated-training.ts";
import { runScript } from "./run-script.ts";
import { failed, ScriptEnd } from "./script-end.ts";
import { noteThreadKeepers } from "./thread-lifetime.ts";

/**
 * The file that Piscina loads: runs the training script in this thread. The script's top level is the
 * program; a function it exports by default is then called with the arguments, and what that returns is
 * the result of the rank. Never resolves: the thread ends by itself and reports how.
 */
export default async function runReplica(task: ReplicaTask): Promise<never> {
  const { rank, scriptUrl, args, group, hosts } = task;
  const letGo = noteThreadKeepers();
  const host = connectHost(task);
  const flushOutput = sendOutputTo(host);
  announceThread(task);
  const collective = createCollective(group, rank, hosts);
  setReplicaContext({ collective, host, scriptUrl });
  process.argv = [process.execPath, fileURLToPath(scriptUrl), ...args.map(String)];
  let endWarning: () => string | undefined = () => undefined;
  const end = new ScriptEnd(scriptUrl, (outcome) => {
    // Results of a function are there to differ; one replica speaks for all.
    const warning = rank === 0 && outcome.ok && outcome.value === undefined && endWarning();
    if (warning) process.stderr.write(warning);
    flushOutput();
    if (sendOutcome(task, outcome).ok) collective.leave();
  });
  try {
    // Before the script, because its top level may already create tensors.
    await selectBackend("auto", scriptUrl);
    if (rank === 0) watchScriptBackend(); // that was not the script's choice
    endWarning = watchTraining(collective.worldSize);
    letGo();
    const script = await runScript(scriptUrl);
    end.start();
    end.settle(typeof script.default === "function" ? await script.default(...args) : undefined);
  } catch (error) {
    await end.fail(error);
  }
  return await new Promise<never>(() => {});
}

/** The host measures how busy it is. */
function announceThread({ messages }: ReplicaTask): void {
  const id = nativeThreadId();
  if (id !== undefined) messages.postMessage({ type: "thread", id } satisfies ReplicaMessage);
}

/** @returns what was sent: a failure if the result cannot be cloned. */
function sendOutcome({ messages }: ReplicaTask, outcome: ReplicaOutcome): ReplicaOutcome {
  const send = (sent: ReplicaOutcome): ReplicaOutcome => {
    messages.postMessage({ type: "ended", outcome: sent } satisfies ReplicaMessage);
    return sent;
  };
  try {
    return send(outcome);
  } catch (error) {
    const message = `The result of the script cannot be sent to the host: ${messageOf(error)}`;
    return send(failed(new AcceleratorError("VALUE_INVALID", message), 1));
  }
}
