import { pathToFileURL } from "node:url";
import type { Collective } from "../collective/collective.ts";
import { SingleProcess } from "../collective/single-process.ts";
import type { HostLink } from "./host-link.ts";

/** The environment of a training script: the group of replicas, and the host thread if there is one. */
export type ReplicaContext = {
  readonly collective: Collective;
  /** Absent in a script started with plain `node`: this thread is then both host and replica. */
  readonly host: HostLink | undefined;
  /** `file:` URL of the training script, from which tracker packages are resolved; none under `node -e`. */
  readonly scriptUrl: string | undefined;
};

const KEY = Symbol.for("acc.replica"); // on globalThis: two copies of this package share it
const store = globalThis as { [KEY]?: ReplicaContext };

/** Sets the context of this thread. The worker calls it before it imports the training script. */
export function setReplicaContext(context: ReplicaContext): void {
  store[KEY] = context;
}

/** The context of this thread; a group of one in a script started with plain `node`. */
export function replicaContext(): ReplicaContext {
  store[KEY] ??= { collective: new SingleProcess(), host: undefined, scriptUrl: mainScript() };
  return store[KEY];
}

function mainScript(): string | undefined {
  const [, path] = process.argv;
  return path === undefined ? undefined : pathToFileURL(path).href;
}
