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

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

/** One operation at the server. Each is idempotent. */
export type Operation =
  | Entity
  | Upload
  | { readonly kind: "delete-tag"; readonly key: string }
  | { readonly kind: "end"; readonly status: RunStatus; readonly endTimeMs: number };
