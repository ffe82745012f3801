import { createHash } from "node:crypto";
import type { LogContext, LogValue, LogValues } from "@acc/core/tracker";
import { flatten, pythonText, scalarOf, toJson } from "@acc/tracker-kit";
import { artifactName } from "../format/artifact-path.ts";
import { storableText } from "../format/storable-text.ts";
import type { MetricPoint, Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";
import { tagOperation } from "./tags.ts";

/** A metric for every number among the leaves, a text for every other value. */
export function metricOperations(
  values: LogValues,
  at: LogContext,
  scope: EventScope,
): Operation[] {
  const { recording, leaveOut } = scope;
  const timeMs = recording.timeOf(at);
  const step = recording.stepOf(at);
  return flatten(values).flatMap(([key, value]): Operation[] => {
    const number = scalarOf(value);
    if (number !== undefined) {
      const name = recording.metricName(key);
      const timestamp = recording.timeOfPoint(name, step, number, timeMs);
      const entry = { key: name, value: metricValue(number), timestamp, step };
      return [{ kind: "metric", entry }];
    }
    if (value !== null && value !== undefined)
      return textOperations(key, textOf(value), step, scope);
    leaveOut(`"${key}" (${value})`, "log a number or a text");
    return [];
  });
}

/**
 * The last text of a name is a tag, which the page shows. Every text that differs from the one before is also a file, so
 * no text is lost.
 */
function textOperations(
  key: string,
  text: string,
  step: number,
  { recording, sequence }: EventScope,
): Operation[] {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  if (recording.texts.get(key) === hash) return [];
  recording.texts.set(key, hash);
  const path = `texts/${artifactName(key)}/step_${step}_${sequence}.txt`;
  return [{ kind: "upload", path, content: Buffer.from(text) }, tagOperation(key, text, recording)];
}

function textOf(value: LogValue): string {
  if (typeof value === "string") return storableText(value);
  return value instanceof Date ? pythonText(value) : JSON.stringify(toJson(value));
}

/** The server has names for the numbers that JSON cannot hold. */
function metricValue(value: number): MetricPoint["value"] {
  return Number.isFinite(value) ? value : (String(value) as "NaN" | "Infinity" | "-Infinity");
}
