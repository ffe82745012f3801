import { REASON } from "../collective/control-block.ts";
import { messageOf } from "../errors.ts";
import type { CellMirror } from "./cell-mirror.ts";
import type { HostTask } from "./host-group.ts";
import type { HostMeetings } from "./host-meetings.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Notices } from "./notices.ts";
import { otherHosts } from "./other-hosts.ts";
import type { Poller, Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { RunEnded } from "./run-ended.ts";
import { TAGS } from "./tags.ts";
import type { Transport } from "./transport.ts";

/** How long a host that has failed waits for the others to hear of it. */
const NOTICE_MS = 1500;
/** How long it waits for all to have told their users: a launcher lets its replicas finish a checkpoint for 10 s. */
const FAREWELL_MS = 12_000;
/** Between a launcher that can tell its user and the end of the job, which ends its process. */
const PRINT_MS = 500;

export type Ending = {
  readonly task: HostTask;
  readonly transport: Transport;
  readonly mailbox: Mailbox;
  readonly notices: Notices;
  readonly meetings: HostMeetings;
  readonly mirror: CellMirror;
  readonly poller: Poller;
  /** Why this host ends, if not because all its replicas have ended well. */
  readonly ended: RunEnded | undefined;
  /** The job is about to end. */
  readonly onAbort: () => void;
};

/**
 * Ends together with the other hosts, so that nobody is ended by the job before it has said why. A host that does not answer ends
 * with the whole job.
 *
 * @returns a failure of another host, after this one had ended well.
 */
export function endRun(ending: Ending): RunEnded | undefined {
  if (ending.ended) {
    fail(ending, ending.ended);
    return undefined;
  }
  const { notices, mirror, meetings, poller, task, transport } = ending;
  try {
    notices.tell({ reason: undefined, message: "", meetings: meetings.count });
    mirror.close();
    const step = (): Progress => {
      mirror.look();
      return notices.isComplete && mirror.isComplete ? "done" : "waits";
    };
    const late = (): string => "another host has not ended its replicas.";
    poller.run(step, { ms: task.group.timeoutMs, late });
    transport.close();
    return undefined;
  } catch (error) {
    const ended = error instanceof RunEnded ? error : new RunEnded(REASON.lost, messageOf(error));
    fail(ending, ended);
    return ended;
  }
}

function fail(ending: Ending, { reason, message }: RunEnded): void {
  const { transport, notices, mirror, mailbox, meetings } = ending;
  const sleep = (): void => mailbox.sleep(mailbox.wakes, 1);
  const start = performance.now();
  const passed = (): number => performance.now() - start;
  try {
    notices.tell({ reason, message, meetings: meetings.count });
    mirror.close();
    const farewells = new Farewells(transport);
    while (passed() < FAREWELL_MS) {
      notices.look();
      mirror.look();
      if (mailbox.isEnding) farewells.send();
      if (notices.isComplete && mirror.isComplete && farewells.isComplete) {
        transport.close();
        return;
      }
      if (mailbox.isEnding && passed() > NOTICE_MS && !notices.isComplete) break;
      sleep();
    }
  } catch {
    // A lost host: the job ends without it.
  }
  while (!mailbox.isEnding && passed() < FAREWELL_MS) sleep();
  ending.onAbort();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PRINT_MS);
  transport.abort(1);
}

/** Every host tells every other one that its user knows. */
class Farewells {
  readonly #transport: Transport;
  readonly #requests: RequestQueue;
  #isSent = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#requests = new RequestQueue(transport);
    for (const host of otherHosts(transport))
      this.#requests.push(transport.receive(oneByte(), host, TAGS.farewell));
  }

  send(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    for (const host of otherHosts(this.#transport))
      this.#requests.push(this.#transport.send(oneByte(), host, TAGS.farewell));
  }

  get isComplete(): boolean {
    this.#requests.takeAll();
    return this.#isSent && this.#requests.length === 0;
  }
}

function oneByte(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(1));
}
