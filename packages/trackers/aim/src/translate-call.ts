import type { LogContext, LogValue } from "@acc/core/tracker";
import { unknownCall } from "@acc/tracker-kit";
import { aimName, paramValue } from "./format/param-value.ts";
import type { Operation } from "./operation.ts";
import { attribute } from "./translate/attribute.ts";

/** The calls that `AimRun` posts. @throws {AcceleratorError} `VALUE_INVALID` for a call that it does not have. */
export function translateCall(
  method: string,
  args: readonly LogValue[],
  { wallTimeMs }: LogContext,
  hash: string,
): Operation {
  const [first, second] = args;
  const text = String(first);
  switch (method) {
    case "set":
      return attribute(hash, [aimName(text)], paramValue(second));
    case "setProp":
      return { kind: "props", props: { [text]: String(second) } };
    case "addTag":
      return { kind: "tag", method: "add_tag", tag: text };
    case "removeTag":
      return { kind: "tag", method: "remove_tag", tag: text };
    case "close":
      return { kind: "close", endMs: wallTimeMs ?? Date.now() };
    default:
      throw unknownCall("The Aim run", method);
  }
}
