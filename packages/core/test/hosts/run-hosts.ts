import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import {
  abortGroup,
  createSharedGroup,
  type SharedGroup,
} from "../../src/collective/shared-group.ts";
import { createHostGroup, ranksBefore, ranksOf } from "../../src/hosts/host-group.ts";
import { HostLine } from "../../src/hosts/host-line.ts";
import type { HostsOptions } from "../../src/hosts/transport.ts";
import type { Outcome, Step } from "../collective/fixtures/rank.ts";
import { keepThreads, outcomesOf, takeThread } from "../collective/run-ranks.ts";
import {
  LOOPBACK_MODULE,
  type LoopbackData,
  loopbackHosts,
  type Trouble,
} from "./loopback-transport.ts";

const LIMIT_MS = 60_000;

export type RunHostsOptions = {
  readonly timeoutMs?: number;
  /** What goes wrong on a host. */
  readonly trouble?: Readonly<Record<number, Trouble>>;
  /** Called once the ranks have got their steps, with the group of each host. */
  readonly meanwhile?: (groups: readonly SharedGroup[]) => void;
  readonly facts?: (host: number) => Readonly<Record<string, string>>;
  readonly threads?: (host: number) => number;
  /** Hosts whose launcher ends as soon as its ranks have, before the others have. */
  readonly endsEarly?: readonly number[];
  /** How long the launcher of a host takes to end, once its ranks have. */
  readonly endsAfterMs?: Readonly<Record<number, number>>;
};

export type HostsResult = {
  /** By rank. */
  readonly outcomes: Outcome[][];
  /** How each host ended: its error. */
  readonly errors: (Error | undefined)[];
  readonly threads: number[];
  /** Whether a host has ended the job, and which have closed their transport. */
  readonly aborted: number;
  readonly closed: boolean[];
};

/** Names, as the launcher gives them. */
export function hostsOf(
  replicasOf: readonly number[],
  trouble: RunHostsOptions["trouble"] = {},
): HostsOptions[] {
  const names = replicasOf.map((_, host) => `node${String.fromCharCode(65 + host)}`);
  return loopbackHosts(replicasOf.length).map((data, host) => ({
    ...{ host, hosts: replicasOf.length, name: names[host] as string, names, replicasOf },
    transport: { module: LOOPBACK_MODULE, data: { ...data, trouble: trouble[host] } },
  }));
}

/** Runs `steps[rank]` on hosts in this process, with so many replicas each. */
export async function runHosts(
  replicasOf: readonly number[],
  steps: readonly Step[][],
  {
    timeoutMs = 10_000,
    trouble,
    meanwhile,
    facts,
    threads,
    endsEarly = [],
    endsAfterMs = {},
  }: RunHostsOptions = {},
): Promise<HostsResult> {
  const options = hostsOf(replicasOf, trouble);
  const groups = options.map(({ host }) =>
    createSharedGroup(steps.length, {
      timeoutMs,
      firstRank: ranksBefore({ replicasOf }, host),
      localWorldSize: replicasOf[host] as number,
    }),
  );
  const hosts = options.map(createHostGroup);
  const lines = options.map(
    ({ host, transport }) =>
      new HostLine({
        ...{ hosts: hosts[host] as (typeof hosts)[0], group: groups[host] as SharedGroup },
        ...{ source: transport, facts: facts?.(host) ?? {}, threads: threads?.(host) ?? 1 },
      }),
  );
  const errors: (Error | undefined)[] = lines.map(() => undefined);
  for (const [host, line] of lines.entries())
    line
      .failureAfter(async () => {})
      .catch((error: Error) => {
        errors[host] ??= error;
      });
  const workers: Worker[] = [];
  const results = steps.map(async (own, rank) => {
    const host = options.findIndex((one) => ranksOf(one, one.host).includes(rank));
    const worker = takeThread();
    workers.push(worker);
    const group = groups[host] as SharedGroup;
    const outcomes = await outcomesOf(worker, {
      ...{ group, rank, steps: [...own], scalar: false, hosts: hosts[host] as (typeof hosts)[0] },
    });
    const failed = outcomes.find((one) => "code" in one && FATAL.includes(one.code));
    if (failed && "code" in failed) abortGroup(group, `Replica ${rank} failed: ${failed.message}`);
    if (endsEarly.includes(host)) void lines[host]?.endAfter(Promise.resolve()).catch(() => {});
    return outcomes;
  });
  const ready = await Promise.all(lines.map((line) => line.ready.catch(() => 0)));
  meanwhile?.(groups);
  const outcomes = await within(Promise.all(results));
  await within(
    Promise.all(
      lines.map((line, host) =>
        line
          .endAfter(sleep(endsAfterMs[host] ?? 0))
          .catch((error: Error) => (errors[host] ??= error)),
      ),
    ),
  );
  keepThreads(workers);
  const data = options[0]?.transport.data as LoopbackData;
  const state = new Int32Array(data.state);
  // The end of the job comes a moment behind the errors.
  for (let i = 0; i < 30 && state[0] === 0 && state.subarray(1).includes(0); i++) await sleep(100);
  const [aborted = 0, ...closed] = state;
  return { outcomes, errors, threads: ready, aborted, closed: closed.map(Boolean) };
}

/** After these a launcher ends the run. */
const FATAL: readonly string[] = [
  "COLLECTIVE_TIMEOUT",
  "COLLECTIVE_ABORTED",
  "COLLECTIVE_RANK_ENDED",
];

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the hosts hang")), LIMIT_MS);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
