import { replicaContext } from "./replica-context.ts";

/**
 * Runs a section during which the host will not terminate this replica, even if another one has failed. For calls of
 * a native library that would crash the whole process if its thread were terminated. The host waits for the end of
 * the section, so it must return.
 */
export function runUninterrupted<T>(call: () => T): T {
  const { host } = replicaContext();
  return host ? host.runUninterrupted(call) : call();
}
