import type { LogValue } from "@acc/core/tracker";
import type { Json } from "@acc/tracker-kit";
import { jsonText } from "./json-text.ts";

type Values = { readonly [key: string]: LogValue };

/** The run that a record belongs to. */
export type RunFields = {
  readonly project: string;
  readonly run: string;
  readonly run_id: string;
};

/** Values of one call of `log`: a row of Trackio's table. */
export type MetricRecord = RunFields & {
  readonly kind: "metric";
  readonly metrics: Values;
  readonly step: number;
  /** ISO 8601. */
  readonly timestamp: string;
  /** The whole configuration, which replaces the run's. */
  readonly config: { readonly [key: string]: Json } | null;
  /** 32 hexadecimal digits: Trackio takes a record of one id once. */
  readonly log_id: string;
};

/** Values of the machine, which have a time and no step. */
export type SystemRecord = RunFields & {
  readonly kind: "system_metric";
  readonly metrics: Values;
  readonly timestamp: string;
  readonly log_id: string;
};

export type AlertLevel = "info" | "warn" | "error";

export type AlertRecord = RunFields & {
  readonly kind: "alert";
  readonly title: string;
  readonly text: string | null;
  readonly level: AlertLevel;
  readonly step: number;
  readonly timestamp: string;
  readonly alert_id: string;
};

export type TrackioRecord = MetricRecord | SystemRecord | AlertRecord;

/** Version of the form of records. */
const VERSION = 1;

/** A record as Trackio's clients write it, one line of JSON. Its servers take the same. */
export function recordText(record: TrackioRecord): string {
  return jsonText({ v: VERSION, ...record } as LogValue);
}
