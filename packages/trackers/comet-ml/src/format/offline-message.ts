import type { Operation } from "../operation.ts";
import { repositoryName } from "./git-metadata.ts";

/**
 * An operation as a line of the archive's `messages.json`.
 *
 * @param id counts the lines of the archive from 1.
 * @param entry name of the file's entry, for a file.
 */
export function toLine(operation: Operation, id: number, entry: string): string {
  const text = JSON.stringify(toRecord(operation, id, entry));
  // The reader opens the file in the default encoding of its machine.
  return `${text.replaceAll(/[\u007f-\uffff]/g, escapeUnit)}\n`;
}

function toRecord(operation: Operation, message_id: number, entry: string): object {
  switch (operation.kind) {
    case "metric": {
      const { name, value, step, epoch, context, timestampMs } = operation;
      const metric = { epoch, metricName: name, metricValue: value, step };
      const payload = { local_timestamp: timestampMs, message_id, metric };
      return { payload: context === null ? payload : { context, ...payload }, type: "metric_msg" };
    }
    case "parameter": {
      const { name, value, step, source, timestampMs } = operation;
      const param = { paramName: name, paramValue: value, source, step };
      const held = Array.isArray(value) ? { params: param } : { param };
      const payload = { local_timestamp: timestampMs, message_id, ...held };
      return { payload, type: "parameter_msg" };
    }
    case "other": {
      const { key, value } = operation;
      return { payload: { key, message_id, value }, type: "log_other" };
    }
    case "file": {
      const { params, metadata, uploadType, timestampMs } = operation;
      const payload = {
        ...{ additional_params: params, clean: true, file_path: entry },
        ...{ local_timestamp: timestampMs, message_id, metadata, upload_type: uploadType },
      };
      return { payload, type: "file_upload" };
    }
    case "output": {
      const { text, isError, timestampMs } = operation;
      const payload = {
        ...{ context: null, local_timestamp: timestampMs, message_id },
        ...{ output: text, stderr: isError },
      };
      return { payload, type: "standard_output" };
    }
    case "git": {
      const { metadata } = operation;
      const repo_name = repositoryName(metadata.origin);
      const git_metadata = { ...metadata, repo_name, status: null };
      return { payload: { git_metadata, message_id }, type: "git_metadata" };
    }
    case "tags":
      throw new RangeError("tags belong in experiment.json");
    default:
      return operation satisfies never;
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
