import { MessageWriter } from "@acc/tracker-kit";
import type { OutputLine, Stats } from "../operation.ts";
import type { RunSettings } from "../settings.ts";
import type { Alert } from "./alert.ts";
import type { ArtifactVersion } from "./artifact.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import { CLIENT_VERSION, MIN_READER_VERSION, PLATFORM, PRODUCER } from "./protocol.ts";
import type { Row } from "./row.ts";

/** Field numbers of `wandb_internal.Record`. Old readers fail on unknown fields, so there are no newer ones. */
const RECORD = {
  num: 1,
  history: 2,
  summary: 3,
  config: 5,
  files: 6,
  stats: 7,
  artifact: 8,
  alert: 10,
  metric: 12,
  output: 13,
  run: 17,
  exit: 18,
  header: 21,
} as const;

/** A record without its number. */
export type WandbRecord = { readonly kind: keyof typeof RECORD; readonly message: MessageWriter };

const MEDIA_FILE = 2;
const STDOUT = 1;

/** @param num 1 for the first record of a file. */
export function encodeRecord({ kind, message }: WandbRecord, num: number): Uint8Array {
  return new MessageWriter().varint(RECORD.num, num).message(RECORD[kind], message).finish();
}

export function headerRecord(): WandbRecord {
  const version = new MessageWriter().string(1, PRODUCER).string(2, MIN_READER_VERSION);
  return { kind: "header", message: new MessageWriter().message(1, version) };
}

export function runRecord(
  settings: RunSettings,
  config: ReadonlyMap<string, string>,
  startedMs: number,
): WandbRecord {
  const message = new MessageWriter().string(1, settings.id);
  optional(message, 2, settings.entity);
  message.string(3, settings.project);
  message.message(4, configMessage(config));
  optional(message, 6, settings.group);
  optional(message, 7, settings.jobType);
  optional(message, 8, settings.name);
  optional(message, 9, settings.notes);
  for (const tag of settings.tags ?? []) message.string(10, tag);
  message.string(13, settings.host).message(17, timestamp(startedMs));
  message.message(19, new MessageWriter().string(5, CLIENT_VERSION).string(13, PLATFORM));
  if (settings.git) {
    const git = new MessageWriter();
    optional(git, 1, settings.git.remote);
    message.message(21, git.string(2, settings.git.commit));
  }
  // The file does not hold the kind of resume: the upload looks for the run and continues it.
  if (settings.resume) message.varint(24, 1);
  return { kind: "run", message };
}

export function configRecord(values: ReadonlyMap<string, string>): WandbRecord {
  return { kind: "config", message: configMessage(values) };
}

export function historyRecord(row: Row, step: number): WandbRecord {
  const message = itemsOf(row);
  const at = new MessageWriter();
  if (step !== 0) at.varint(1, step);
  return { kind: "history", message: message.message(2, at) };
}

export function summaryRecord(row: Row): WandbRecord {
  return { kind: "summary", message: itemsOf(row) };
}

/** @param paths below the run's `files`. */
export function filesRecord(paths: readonly string[]): WandbRecord {
  const message = new MessageWriter();
  for (const path of paths) {
    message.message(1, new MessageWriter().string(1, path).varint(3, MEDIA_FILE));
  }
  return { kind: "files", message };
}

export function metricRecord(metric: MetricDefinition): WandbRecord {
  const message = new MessageWriter().string(1, metric.name);
  optional(message, 4, metric.stepMetric);
  const options = new MessageWriter();
  if (metric.stepSync) options.varint(1, 1);
  if (metric.hidden) options.varint(2, 1);
  if (metric.isDefined) options.varint(3, 1);
  message.message(6, options);
  const summary = new MessageWriter();
  for (const [at, kind] of SUMMARY_KINDS.entries()) {
    if (metric.summary.includes(kind)) summary.varint(at + 1, 1);
  }
  if (metric.summary.length > 0) message.message(7, summary);
  if (metric.goal) message.varint(8, metric.goal === "maximize" ? 2 : 1);
  return { kind: "metric", message };
}

export function statsRecord({ timeMs, values }: Stats): WandbRecord {
  const message = new MessageWriter().message(2, timestamp(timeMs));
  for (const [name, value] of Object.entries(values)) {
    message.message(3, new MessageWriter().string(1, name).string(16, String(value)));
  }
  return { kind: "stats", message };
}

export function outputRecord({ text, isError, timeMs }: OutputLine): WandbRecord {
  const message = new MessageWriter();
  if (!isError) message.varint(1, STDOUT);
  return { kind: "output", message: message.message(2, timestamp(timeMs)).string(3, `${text}\n`) };
}

export function alertRecord({ title, text, level, waitMs }: Alert): WandbRecord {
  const message = new MessageWriter().string(1, title).string(2, text).string(3, level);
  if (waitMs > 0) message.varint(4, waitMs);
  return { kind: "alert", message };
}

/** The kinds of summary by field number, from 1. */
export const SUMMARY_KINDS = [
  "min",
  "max",
  "mean",
  "best",
  "last",
  "none",
  "copy",
  "first",
] as const;

/** @param pathOf where the copy of a file lies, absolute. */
export function artifactRecord(
  artifact: ArtifactVersion,
  { id, project, entity }: RunSettings,
  pathOf: (name: string) => string,
): WandbRecord {
  const manifest = new MessageWriter().varint(1, 1).string(2, "wandb-storage-policy-v1");
  manifest.message(3, new MessageWriter().string(1, "storageLayout").string(2, '"V2"'));
  for (const file of artifact.files) {
    const entry = new MessageWriter().string(1, file.name).string(2, file.md5);
    if (file.size > 0) entry.varint(4, file.size);
    manifest.message(4, entry.string(6, pathOf(file.name)));
  }
  const message = new MessageWriter().string(1, id).string(2, project);
  optional(message, 3, entity);
  message.string(4, artifact.type).string(5, artifact.name).string(6, artifact.digest);
  optional(message, 7, artifact.description);
  optional(message, 8, artifact.metadata);
  message.varint(9, 1);
  for (const alias of artifact.aliases) message.string(11, alias);
  message.message(12, manifest).varint(14, 1);
  message.string(15, artifact.clientId).string(16, artifact.sequenceClientId);
  return { kind: "artifact", message };
}

export function exitRecord(exitCode: number, runtimeSeconds: number): WandbRecord {
  const message = new MessageWriter();
  if (exitCode !== 0) message.varint(1, exitCode);
  if (runtimeSeconds > 0) message.varint(2, runtimeSeconds);
  return { kind: "exit", message };
}

function itemsOf(row: Row): MessageWriter {
  const message = new MessageWriter();
  for (const { path, text } of row.leaves()) {
    const item = new MessageWriter();
    for (const key of path) item.string(2, key);
    message.message(1, item.string(16, text));
  }
  return message;
}

function configMessage(values: ReadonlyMap<string, string>): MessageWriter {
  const message = new MessageWriter();
  for (const [key, text] of values) {
    message.message(1, new MessageWriter().string(1, key).string(16, text));
  }
  return message;
}

function timestamp(ms: number): MessageWriter {
  const message = new MessageWriter().varint(1, Math.floor(ms / 1000));
  const nanos = Math.round((ms % 1000) * 1e6);
  return nanos > 0 ? message.varint(2, nanos) : message;
}

function optional(message: MessageWriter, field: number, value: string | undefined): void {
  if (value !== undefined) message.string(field, value);
}
