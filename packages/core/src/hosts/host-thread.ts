import { parentPort, workerData } from "node:worker_threads";
import { ControlBlock, REASON } from "../collective/control-block.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { CellMirror } from "./cell-mirror.ts";
import { endRun } from "./end-run.ts";
import { greetHosts } from "./hello.ts";
import { HostExchange } from "./host-exchange.ts";
import type { HostMessage, HostTask } from "./host-group.ts";
import { HostMeetings } from "./host-meetings.ts";
import { FINISHED, Mailbox } from "./mailbox.ts";
import { Notices } from "./notices.ts";
import { Poller } from "./poller.ts";
import { RunEnded } from "./run-ended.ts";
import type { Transport, TransportModule } from "./transport.ts";
import { Watch } from "./watch.ts";

/** The file that the launcher runs in a thread of its own: the one thread of a host that speaks to other hosts. */
const task = workerData as HostTask;

function tell(message: HostMessage): void {
  parentPort?.postMessage(message);
}

async function open(): Promise<Transport | undefined> {
  try {
    const { openTransport } = (await import(task.source.module)) as TransportModule;
    return await openTransport(task.source.data);
  } catch (error) {
    const isOurs = error instanceof AcceleratorError;
    tellFailed(isOurs ? error : new AcceleratorError("COLLECTIVE_ABORTED", notOpened(error)));
    return undefined;
  }
}

/** Everything from the first message to the last. Blocks this thread. */
function serve(transport: Transport): void {
  const { group, hosts } = task;
  const control = new ControlBlock(group.control, group.worldSize);
  const mailbox = new Mailbox(hosts.mailbox, group.localWorldSize);
  const notices = new Notices(transport);
  const mirror = new CellMirror(transport, group);
  const meetings = new HostMeetings(transport, hosts, control, mirror);
  const watch = new Watch({ control, hosts, notices, mirror });
  const poller = new Poller(mailbox, group.localWorldSize, () => watch.look());
  const parts = { task, transport, control, mailbox, notices, meetings, poller };
  const exchange = new HostExchange(parts);
  let ended: RunEnded | undefined;
  try {
    tell({ type: "ready", threads: greetHosts(transport, task, mailbox) });
    for (;;) {
      poller.idle(() => mailbox.next() !== undefined || mailbox.isEnding);
      const command = mailbox.next();
      if (!command || mailbox.isEnding) break;
      exchange.run(command);
      mailbox.advance(FINISHED);
    }
  } catch (error) {
    ended = endedBy(error);
    control.end(ended.reason, ended.message);
    if (error instanceof AcceleratorError) tellFailed(error);
    else tell({ type: "ended", reason: ended.reason, message: ended.message });
  }
  const outcome = endRun({ ...parts, mirror, ended, onAbort: () => tell({ type: "aborting" }) });
  if (outcome) tell({ type: "ended", reason: outcome.reason, message: outcome.message });
}

function tellFailed({ code, message }: AcceleratorError): void {
  tell({ type: "failed", code, message });
}

function notOpened(error: unknown): string {
  return `The transport to the other hosts did not open: ${messageOf(error)}`;
}

function endedBy(error: unknown): RunEnded {
  if (error instanceof RunEnded) return error;
  if (error instanceof AcceleratorError) return new RunEnded(REASON.aborted, error.message);
  const message = `The connection to another host of the run has failed: ${messageOf(error)}`;
  return new RunEnded(REASON.lost, message);
}

const transport = await open();
if (transport) serve(transport);
