import { cpus, platform, release, totalmem } from "node:os";
import type { RunSettings } from "../settings.ts";

/** What W&B shows of the machine, as its own client names it. */
export function runMetadata(
  { host, program, git }: RunSettings,
  startedMs: number,
): { readonly [key: string]: unknown } {
  return {
    os: `${platform()}-${release()}`,
    nodejs: process.version,
    startedAt: new Date(startedMs).toISOString(),
    host,
    ...(program === undefined ? {} : { program }),
    ...(git ? { git } : {}),
    cpu_count: cpus().length,
    memory: { total: String(totalmem()) },
  };
}
