import util from "node:util";
import { findBackendFactory } from "@tensorflow/tfjs-core";

/** tfjs-node 4.22 calls helper functions that newer versions of Node.js no longer have. */
export function restoreRemovedUtilities(): void {
  const removed = util as {
    isArray?: (value: unknown) => boolean;
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  removed.isArray ??= Array.isArray;
  removed.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/** Does the same if the script has loaded tfjs-node itself: its first operations may run before a backend is chosen. */
export function restoreForLoadedTensorFlow(): void {
  if (findBackendFactory("tensorflow")) restoreRemovedUtilities();
}
