import { replicaContext } from "./replica-context.ts";

/** Native memory of a thread that nothing in the thread can free once it was killed. */
export type NativeResources = {
  /** `file:` URL of a module that exports `release(register: SharedArrayBuffer): void`, for the host's thread. */
  readonly releaser: string;
  /** Where the thread notes what it holds at any time, in a form that only `release` needs to know. */
  readonly register: SharedArrayBuffer;
};

/**
 * Has the host release what this replica still holds when its thread is gone, however it ended. Call it
 * before there is anything to release. Without effect where nobody launched this thread.
 */
export function releaseAfterThread(resources: NativeResources): void {
  replicaContext().host?.releaseAfterThread(resources);
}
