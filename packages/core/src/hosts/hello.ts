import { REASON } from "../collective/control-block.ts";
import { AcceleratorError } from "../errors.ts";
import { describeHosts } from "./describe-hosts.ts";
import type { HostTask } from "./host-group.ts";
import type { Mailbox } from "./mailbox.ts";
import { otherHosts } from "./other-hosts.ts";
import { Poller, type Progress } from "./poller.ts";
import { RequestQueue } from "./request-queue.ts";
import { RunEnded } from "./run-ended.ts";
import { TAGS } from "./tags.ts";
import type { Transport } from "./transport.ts";

const HELLO_BYTES = 16 * 1024;

type Hello = Pick<HostTask, "facts" | "threads">;

/**
 * The first message between hosts: what they must have alike.
 *
 * @returns the smallest number of threads that a replica may use on any host: sums inside a kernel are rounded by it.
 * @throws {RunEnded} if a host does not come.
 * @throws {AcceleratorError} `HOSTS_DIFFER`, on every host.
 */
export function greetHosts(transport: Transport, task: HostTask, mailbox: Mailbox): number {
  const { facts, threads, hosts, group } = task;
  const own = textBytes(JSON.stringify({ facts, threads } satisfies Hello));
  const sent = new RequestQueue(transport);
  const others = otherHosts(transport).map((host) => {
    const bytes = new Uint8Array(new SharedArrayBuffer(HELLO_BYTES));
    const received = new RequestQueue(transport);
    received.push(transport.receive(bytes, host, TAGS.hello));
    sent.push(transport.send(own, host, TAGS.hello));
    return { host, bytes, received };
  });
  const step = (): Progress => {
    let moved = sent.takeAll();
    for (const { received } of others) if (received.takeAll()) moved = true;
    if (sent.length === 0 && others.every(({ received }) => received.length === 0)) return "done";
    return moved ? "moved" : "waits";
  };
  const late = (): string => {
    const missing = others.filter(({ received }) => received.length > 0).map(({ host }) => host);
    return (
      `${describeHosts(hosts, missing)} did not begin within ${group.timeoutMs} ms. Look whether the script has started there, and ` +
      "whether the hosts reach each other."
    );
  };
  new Poller(mailbox, group.localWorldSize, () => {
    if (mailbox.isEnding) throw new RunEnded(REASON.aborted, "the launch has ended.");
  }).run(step, { ms: group.timeoutMs, late });
  const hellos = others.map(({ host, bytes }) => ({ host, hello: readHello(bytes) }));
  for (const { host, hello } of hellos) requireSame(task, host, hello);
  return Math.min(threads, ...hellos.map(({ hello }) => hello.threads));
}

function requireSame({ facts, hosts }: HostTask, other: number, hello: Hello): void {
  const name = Object.keys(facts).find((key) => facts[key] !== hello.facts[key]);
  if (name === undefined) return;
  throw new AcceleratorError(
    "HOSTS_DIFFER",
    `The hosts of the run do not agree: ${name} is ${facts[name]} on ${hosts.names[hosts.host]} and ` +
      `${hello.facts[name]} on ${hosts.names[other]}. Start the same script with the same settings and versions on every host.`,
  );
}

/** Spaces to the end: JSON does not mind. */
function textBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(HELLO_BYTES)).fill(0x20);
  const encoded = new TextEncoder().encode(text);
  if (encoded.byteLength > HELLO_BYTES)
    throw new RangeError("the settings of the run are too long");
  bytes.set(encoded);
  return bytes;
}

function readHello(bytes: Uint8Array): Hello {
  return JSON.parse(Buffer.from(bytes).toString()) as Hello;
}
