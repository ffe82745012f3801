import { launch } from "../../src/launch/launch.ts";

const CALL_EACH = new URL("./fixtures/call-each.ts", import.meta.url);
const TIMEOUT_MS = 120_000;

/**
 * Calls a script's default export several times in one launch: most of the time of a launch is the start of its threads.
 *
 * @param entry another file that exports what `call-each.ts` does: packages are found where it lies.
 * @returns for every call what it gave on every rank, in rank order.
 */
export async function launchCalls<T>(
  script: URL,
  numProcesses: number,
  calls: readonly (readonly unknown[])[],
  entry: URL = CALL_EACH,
): Promise<T[][]> {
  const args = [script.href, calls];
  const ranks = await launch<T[]>(entry, { numProcesses, args, timeoutMs: TIMEOUT_MS });
  return calls.map((_, index) => ranks.map((results) => results[index] as T));
}

/** Calls of a script, by number of replicas. */
type Calls = Readonly<Record<number, readonly (readonly unknown[])[]>>;

/**
 * Calls that several tests look at: those with one number of replicas share a launch, made when the first is asked for.
 *
 * @returns finds what each rank gave: `resultsOf(numProcesses, ...arguments)`.
 */
export function sharedLaunches<T>(
  script: URL,
  calls: Calls,
  entry?: URL,
): (numProcesses: number, ...args: readonly unknown[]) => Promise<T[]> {
  const launches = new Map<number, Promise<T[][]>>();
  return async (numProcesses, ...args) => {
    const own = calls[numProcesses] ?? [];
    const wanted = JSON.stringify(args);
    const index = own.findIndex((call) => JSON.stringify(call) === wanted);
    if (index < 0) throw new Error(`no call ${wanted} on ${numProcesses} replicas`);
    const launched = launches.get(numProcesses) ?? launchCalls<T>(script, numProcesses, own, entry);
    launches.set(numProcesses, launched);
    return (await launched)[index] as T[];
  };
}
