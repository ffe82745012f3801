import type { ImageData, LogContext, LogValue } from "@acc/core/tracker";
import { encodePng, imagesOf, toJson, unknownCall } from "@acc/tracker-kit";
import { artifactPath } from "./format/artifact-path.ts";
import type { Dataset } from "./format/dataset.ts";
import type { KeyText, Operation, RunStatus } from "./operation.ts";
import { paramOperations } from "./translate/params.ts";
import type { EventScope } from "./translate/scope.ts";
import { shownTableOperations, tableBytes } from "./translate/tables.ts";
import { tagOperations } from "./translate/tags.ts";

/** Arguments of the calls that `MlflowRun` posts, by method. */
export type RunCalls = {
  logParams: [params: { readonly [key: string]: LogValue }];
  setTags: [tags: { readonly [key: string]: LogValue }];
  deleteTag: [key: string];
  logText: [text: string, artifactFile: string];
  logDict: [value: LogValue, artifactFile: string];
  logBytes: [bytes: Uint8Array, artifactFile: string];
  logImageFile: [data: ImageData["data"], shape: number[], artifactFile: string];
  logTableFile: [columns: string[], rows: LogValue[][], artifactFile: string];
  logInput: [dataset: Dataset, tags: KeyText[]];
  endRun: [status: RunStatus];
};

/** The calls that `MlflowRun` posts. @throws {AcceleratorError} `VALUE_INVALID` for a call that it does not have. */
export function translateCall(
  method: string,
  args: readonly LogValue[],
  at: LogContext,
  scope: EventScope,
): Operation[] {
  const { recording } = scope;
  recording.timeOf(at);
  const call = { method, args } as unknown as Call;
  switch (call.method) {
    case "logParams":
      return Object.entries(call.args[0]).flatMap(([key, value]) =>
        paramOperations(key, value, scope),
      );
    case "setTags":
      return Object.entries(call.args[0]).flatMap(([key, value]) =>
        tagOperations(key, typeof value === "string" ? value : String(value), recording),
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
      return shownTableOperations(artifactPath(file) || "_", tableBytes(columns, rows), scope);
    }
    case "logInput":
      return [{ kind: "dataset", dataset: call.args[0], tags: call.args[1] }];
    case "endRun":
      [recording.endStatus] = call.args;
      return [{ kind: "end", status: call.args[0], endTimeMs: recording.lastTimeMs }];
    default:
      call satisfies never;
      throw unknownCall("The MLflow run", method);
  }
}

type Call = { [M in keyof RunCalls]: { method: M; args: RunCalls[M] } }[keyof RunCalls];

function upload(artifactFile: string, content: Uint8Array): Operation {
  return { kind: "upload", path: artifactPath(artifactFile) || "_", content };
}

/** `a/b.png` as `a/b_2.png`. */
function numbered(file: string, index: number): string {
  return file.replace(/(\.\w+)?$/, (extension) => `_${index}${extension}`);
}
