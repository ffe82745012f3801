import type { LogValue, RunConfig } from "@acc/core/tracker";
import { flatten, pythonText, toJson } from "@acc/tracker-kit";
import { artifactName } from "../format/artifact-path.ts";
import { storableText } from "../format/storable-text.ts";
import type { Operation } from "../operation.ts";
import type { Recording } from "./recording.ts";
import type { EventScope } from "./scope.ts";

/**
 * A parameter for every leaf; nested names become `a/b`. Where a name had to change or a value is too long, the whole
 * configuration is kept as `config.json` as well.
 */
export function configOperations(values: RunConfig, { recording }: EventScope): Operation[] {
  const params = flatten(values).map(([key, value]) => ({
    key,
    ...paramOf(key, value, recording),
  }));
  const operations: Operation[] = params.map(({ entry }) => ({ kind: "param", entry }));
  if (params.every(({ key, entry, isWhole }) => isWhole && entry.key === key)) return operations;
  const content = Buffer.from(`${JSON.stringify(toJson(values), null, 2)}\n`);
  return [...operations, { kind: "upload", path: "config.json", content }];
}

/** One parameter. A text that is too long for it is also kept whole, as `params/<name>.txt`. */
export function paramOperations(
  key: string,
  value: LogValue,
  { recording }: EventScope,
): Operation[] {
  const { entry, isWhole, text } = paramOf(key, value, recording);
  const param: Operation = { kind: "param", entry };
  return isWhole ? [param] : [param, longTextUpload("params", key, text)];
}

/** A text that was too long for where it belongs. */
export function longTextUpload(folder: "params" | "tags", key: string, text: string): Operation {
  const path = `${folder}/${artifactName(key)}.txt`;
  return { kind: "upload", path, content: Buffer.from(text) };
}

function paramOf(key: string, value: LogValue, recording: Recording) {
  const text = storableText(pythonText(value));
  const cut = storableText(text, recording.maxParamLength);
  return { entry: { key: recording.paramName(key), value: cut }, isWhole: cut === text, text };
}
