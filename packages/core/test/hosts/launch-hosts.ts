import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import type { LaunchOptions } from "../../src/launch/launch-options.ts";
import type { LauncherResult, LauncherTask } from "./fixtures/launcher.ts";
import { hostsOf } from "./run-hosts.ts";

const LIMIT_MS = 120_000;

export type HostResult = LauncherResult & {
  readonly stdout: string;
  readonly stderr: string;
  /** Until the launch had ended. */
  readonly elapsedMs: number;
};

/**
 * Launches a script on hosts with so many replicas each: a thread plays the process of each host.
 *
 * @param interrupted hosts that get SIGTERM when a replica posts to `SIGNAL_CHANNEL`.
 */
export async function launchHosts(
  script: URL,
  replicasOf: readonly number[],
  options: LaunchOptions = {},
  interrupted: readonly number[] = [],
): Promise<HostResult[]> {
  return await Promise.all(
    hostsOf(replicasOf).map((hosts) => {
      const isInterrupted = interrupted.includes(hosts.host);
      return launchHost({ script: script.href, options: { ...options, hosts }, isInterrupted });
    }),
  );
}

async function launchHost(task: LauncherTask): Promise<HostResult> {
  const start = performance.now();
  const url = new URL("./fixtures/launcher.ts", import.meta.url);
  const thread = new Worker(url, { workerData: task, stdout: true, stderr: true });
  const outputs = Promise.all([text(thread.stdout), text(thread.stderr)]);
  const timer = setTimeout(() => void thread.terminate(), LIMIT_MS);
  const result = await new Promise<LauncherResult>((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the host has ended without a result")));
  });
  const elapsedMs = performance.now() - start;
  const [stdout, stderr] = await outputs;
  clearTimeout(timer);
  return { ...result, stdout, stderr, elapsedMs };
}
