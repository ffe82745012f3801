import type { Entity } from "./batch.ts";
import type { RunStatus } from "./mlflow-client.ts";

/** Something to store with the run's artifacts. */
export type Upload = {
  readonly kind: "upload";
  /** Path below the run's artifacts; of a folder, where its files go. */
  readonly path: string;
  /** The file's bytes, or the path of a file or folder on this machine. */
  readonly content: Uint8Array | string;
};

/** What one event asks of the server. */
export type Task =
  | Entity
  | Upload
  | { readonly kind: "delete-tag"; readonly key: string }
  | { readonly kind: "end"; readonly status: RunStatus };
