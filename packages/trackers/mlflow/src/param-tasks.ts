import type { LogValue, RunConfig } from "@acc/core";
import { flatten, toJson } from "@acc/tracker-kit";
import { artifactName } from "./artifact-path.ts";
import { pythonText } from "./python-text.ts";
import type { Recording } from "./recording.ts";
import { safeText } from "./safe-text.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/**
 * A parameter for every leaf; nested names become `a/b`. Where a name had to change or a value is too long, the whole
 * configuration is kept as `config.json` as well.
 */
export function configTasks(values: RunConfig, { recording }: TaskContext): Task[] {
  const params = flatten(values).map(([key, value]) => ({
    key,
    ...paramOf(key, value, recording),
  }));
  const tasks: Task[] = params.map(({ entry }) => ({ kind: "param", entry }));
  if (params.every(({ key, entry, isWhole }) => isWhole && entry.key === key)) return tasks;
  const content = Buffer.from(`${JSON.stringify(toJson(values), null, 2)}\n`);
  return [...tasks, { kind: "upload", path: "config.json", content }];
}

/** One parameter; what it cannot hold whole is `params/<name>.txt`. */
export function paramTasks(key: string, value: LogValue, { recording }: TaskContext): Task[] {
  const { entry, isWhole, text } = paramOf(key, value, recording);
  const param: Task = { kind: "param", entry };
  return isWhole ? [param] : [param, longTextUpload("params", key, text)];
}

/** A text that was too long for where it belongs. */
export function longTextUpload(folder: "params" | "tags", key: string, text: string): Task {
  const path = `${folder}/${artifactName(key)}.txt`;
  return { kind: "upload", path, content: Buffer.from(text) };
}

function paramOf(key: string, value: LogValue, recording: Recording) {
  const text = safeText(pythonText(value));
  const cut = safeText(text, recording.maxParamLength);
  return { entry: { key: recording.paramName(key), value: cut }, isWhole: cut === text, text };
}
