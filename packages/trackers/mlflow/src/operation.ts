import type { Dataset } from "./format/dataset.ts";
import type { Flavors } from "./format/model-file.ts";

/** A point of a metric. Numbers that are not finite are texts, because JSON cannot hold them. */
export type MetricPoint = {
  readonly key: string;
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
  /** Milliseconds since 1970, an integer. */
  readonly timestamp: number;
  /** An integer. */
  readonly step: number;
};

export type KeyText = { readonly key: string; readonly value: string };

/** An entity of `log-batch`, which records many in one request. */
export type Entity =
  | { readonly kind: "metric"; readonly entry: MetricPoint }
  | { readonly kind: "param"; readonly entry: KeyText }
  | { readonly kind: "tag"; readonly entry: KeyText };

/** Something to store with the run's artifacts. */
export type Upload = {
  readonly kind: "upload";
  /** Path below the run's artifacts; of a folder, where its files go. */
  readonly path: string;
  /** The file's bytes, or the path of a file or folder on this machine. */
  readonly content: Uint8Array | string;
};

/** A file or folder that becomes a logged model of MLflow. */
export type ModelUpload = {
  readonly kind: "model";
  /** The same in every attempt and different for every model. */
  readonly identity: string;
  readonly name: string;
  readonly path: string;
  readonly step: number;
  /** When it was logged, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly modelType: string | undefined;
  readonly tags: readonly KeyText[];
  /** What tools can load it, by their names; undefined: what its files say. */
  readonly flavors: Flavors | undefined;
};

/** Data that the run was given. */
export type DatasetInput = {
  readonly kind: "dataset";
  readonly dataset: Dataset;
  readonly tags: readonly KeyText[];
};

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

/** One operation at the server. Each is idempotent. */
export type Operation =
  | Entity
  | Upload
  | ModelUpload
  | DatasetInput
  | { readonly kind: "delete-tag"; readonly key: string }
  | { readonly kind: "end"; readonly status: RunStatus; readonly endTimeMs: number };
