import type { NativeResources } from "./native-resources.ts";
import { replicaContext } from "./replica-context.ts";

/**
 * Makes the host release what this replica still holds when its thread has ended, for whatever reason. Call it before
 * there is anything to release. No effect in a script started with plain `node`.
 */
export function releaseAfterThread(resources: NativeResources): void {
  replicaContext().host?.releaseAfterThread(resources);
}
