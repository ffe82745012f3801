import { createHash } from "node:crypto";
import type { LogContext, LogValue, LogValues } from "@acc/core";
import { flatten, scalarOf, toJson } from "@acc/tracker-kit";
import { artifactName } from "./artifact-path.ts";
import type { MetricPoint } from "./batch.ts";
import { pythonText } from "./python-text.ts";
import { safeText } from "./safe-text.ts";
import { tagTask } from "./tag-tasks.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/** A metric for every number among the leaves, a text for everything else. */
export function metricTasks(values: LogValues, at: LogContext, context: TaskContext): Task[] {
  const { recording, leftOut } = context;
  const timeMs = recording.timeOf(at);
  const step = recording.stepOf(at);
  return flatten(values).flatMap(([key, value]): Task[] => {
    const number = scalarOf(value);
    if (number !== undefined) {
      const name = recording.metricName(key);
      const timestamp = recording.timeOfPoint(name, step, number, timeMs);
      const entry = { key: name, value: metricValue(number), timestamp, step };
      return [{ kind: "metric", entry }];
    }
    if (value !== null && value !== undefined) return textTasks(key, textOf(value), step, context);
    leftOut.add(`"${key}" (${value})`, "log a number or a text");
    return [];
  });
}

/**
 * The last text of a name is a tag, which the page shows; every text that differs from the one before is also a file, so
 * that none is lost.
 */
function textTasks(
  key: string,
  text: string,
  step: number,
  { recording, sequence }: TaskContext,
): Task[] {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  if (recording.texts.get(key) === hash) return [];
  recording.texts.set(key, hash);
  const path = `texts/${artifactName(key)}/step_${step}_${sequence}.txt`;
  return [{ kind: "upload", path, content: Buffer.from(text) }, tagTask(key, text, recording)];
}

function textOf(value: LogValue): string {
  if (typeof value === "string") return safeText(value);
  return value instanceof Date ? pythonText(value) : JSON.stringify(toJson(value));
}

/** The server has names for the numbers that JSON lacks. */
function metricValue(value: number): MetricPoint["value"] {
  return Number.isFinite(value) ? value : (String(value) as "NaN" | "Infinity" | "-Infinity");
}
