import { replicaContext } from "./replica-context.ts";

/**
 * Runs code in whose middle the host does not kill this replica when another one has failed: that of a native
 * library that would end the whole process then. The host waits for it, so it must return.
 */
export function runUninterrupted<T>(call: () => T): T {
  const { host } = replicaContext();
  return host ? host.runUninterrupted(call) : call();
}
