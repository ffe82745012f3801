import { AcceleratorError, type ImageData, type LogContext, type LogValue } from "@acc/core";
import { encodePng, imagesOf, toJson } from "@acc/tracker-kit";
import { artifactPath } from "./artifact-path.ts";
import type { RunStatus } from "./mlflow-client.ts";
import { paramTasks } from "./param-tasks.ts";
import { shownTableTasks, tableBytes } from "./table-tasks.ts";
import { tagTasks } from "./tag-tasks.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/** Calls of the native object that are no event of their own, by method, as `MlflowRun` posts them. */
export type RunCalls = {
  logParams: [params: { readonly [key: string]: LogValue }];
  setTags: [tags: { readonly [key: string]: LogValue }];
  deleteTag: [key: string];
  logText: [text: string, artifactFile: string];
  logDict: [value: LogValue, artifactFile: string];
  logBytes: [bytes: Uint8Array, artifactFile: string];
  logImageFile: [data: ImageData["data"], shape: number[], artifactFile: string];
  logTableFile: [columns: string[], rows: LogValue[][], artifactFile: string];
  endRun: [status: RunStatus];
};

/** @throws {AcceleratorError} `VALUE_INVALID` for a call that only a newer version knows. */
export function callTasks(
  method: string,
  args: readonly LogValue[],
  at: LogContext,
  context: TaskContext,
): Task[] {
  const { recording } = context;
  recording.timeOf(at);
  const call = { method, args } as unknown as Call;
  switch (call.method) {
    case "logParams":
      return Object.entries(call.args[0]).flatMap(([key, value]) =>
        paramTasks(key, value, context),
      );
    case "setTags":
      return Object.entries(call.args[0]).flatMap(([key, value]) =>
        tagTasks(key, typeof value === "string" ? value : String(value), recording),
      );
    case "deleteTag":
      return [{ kind: "delete-tag", key: recording.tagName(call.args[0]) }];
    case "logText":
      return [upload(call.args[1], Buffer.from(call.args[0]))];
    case "logDict":
      return [upload(call.args[1], Buffer.from(JSON.stringify(toJson(call.args[0]), null, 2)))];
    case "logBytes":
      return [upload(call.args[1], call.args[0])];
    case "logImageFile": {
      const [data, shape, file] = call.args;
      const images = imagesOf({ data, shape });
      return images.map((image, index) =>
        upload(images.length === 1 ? file : numbered(file, index), encodePng(image).png),
      );
    }
    case "logTableFile": {
      const [columns, rows, file] = call.args;
      return shownTableTasks(artifactPath(file) || "_", tableBytes(columns, rows), context);
    }
    case "endRun":
      [recording.endStatus] = call.args;
      return [{ kind: "end", status: call.args[0] }];
    default:
      call satisfies never;
      throw new AcceleratorError("VALUE_INVALID", `MLflow: there is no call "${method}".`);
  }
}

type Call = { [M in keyof RunCalls]: { method: M; args: RunCalls[M] } }[keyof RunCalls];

function upload(artifactFile: string, content: Uint8Array): Task {
  return { kind: "upload", path: artifactPath(artifactFile) || "_", content };
}

/** `a/b.png` as `a/b_2.png`. */
function numbered(file: string, index: number): string {
  return file.replace(/(\.\w+)?$/, (extension) => `_${index}${extension}`);
}
