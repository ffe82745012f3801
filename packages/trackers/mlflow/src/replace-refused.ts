import type { LeaveOut } from "@acc/tracker-kit";
import type { Refusal } from "./client/refusal.ts";
import { allowedParamLength, isChangedParam } from "./client/send-entities.ts";
import { storableText } from "./format/storable-text.ts";
import type { Entity, Operation } from "./operation.ts";
import { longTextUpload } from "./translate/params.ts";
import type { Recording } from "./translate/recording.ts";
import { tagOperations } from "./translate/tags.ts";

/** Replaces an operation that the server refuses: by a shorter parameter, a tag, or nothing. */
export function replaceRefused(
  entity: Entity,
  refusal: Refusal,
  recording: Recording,
  leaveOut: LeaveOut,
): Operation[] {
  const { key, value } = entity.entry;
  if (entity.kind === "param") {
    const limit = allowedParamLength(refusal);
    const text = String(value);
    if (limit !== undefined && limit < text.length) {
      recording.maxParamLength = Math.min(limit, recording.maxParamLength);
      const entry = { key, value: storableText(text, limit) };
      return [{ kind: "param", entry }, longTextUpload("params", key, text)];
    }
    if (isChangedParam(refusal)) {
      leaveOut(
        `another value of the parameter "${key}"`,
        `parameters never change; the new value is the tag "param.${key}"`,
      );
      return tagOperations(`param.${key}`, text, recording);
    }
  }
  leaveOut(`the ${entity.kind} "${key}"`, refusal.message);
  return [];
}
