/** Programs in the place of `mpiexec`: shell scripts that end as launchers do. */
import { runLauncher } from "../../src/driver/run-launcher.ts";

export type Ended = { readonly exitCode: number; readonly seconds: number };

/** @param abortAfterMs when Ctrl-C comes, if it does. */
export async function runScript(
  script: string,
  { abortAfterMs, graceMs = 500 }: { abortAfterMs?: number; graceMs?: number } = {},
): Promise<Ended> {
  const started = performance.now();
  const interrupt = new AbortController();
  const timer = abortAfterMs && setTimeout(() => interrupt.abort("SIGINT"), abortAfterMs);
  const limits = { signal: interrupt.signal, graceMs };
  const exitCode = await runLauncher("bash", ["-c", script], limits);
  clearTimeout(timer || undefined);
  return { exitCode, seconds: (performance.now() - started) / 1000 };
}
