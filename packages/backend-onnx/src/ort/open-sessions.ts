import { isMainThread } from "node:worker_threads";

const open = new Set<() => void>();

/**
 * A function that releases a session, once. Sessions that are open when a worker thread exits are released
 * then: the process goes on, and nothing else would free them. A thread that is terminated from outside
 * runs no code any more: its sessions stay until the process ends.
 */
export function trackSession(release: () => void): () => void {
  const releaseOnce = () => {
    if (open.delete(releaseOnce)) release();
  };
  open.add(releaseOnce);
  return releaseOnce;
}

if (!isMainThread) {
  process.on("exit", () => {
    for (const release of open) release();
  });
}
