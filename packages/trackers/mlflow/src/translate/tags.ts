import { storableText } from "../format/storable-text.ts";
import type { KeyText, Operation } from "../operation.ts";
import { longTextUpload } from "./params.ts";
import type { Recording } from "./recording.ts";

/** The longest tag that every server since 2.14 holds. The server cuts a longer text and does not report it. */
export const MAX_TAG_LENGTH = 5000;

/** A tag. A text that is too long for it is also kept whole, as `tags/<name>.txt`. */
export function tagOperations(key: string, value: string, recording: Recording): Operation[] {
  const text = storableText(value);
  const tag = tagOperation(key, text, recording);
  return [...text].length <= MAX_TAG_LENGTH ? [tag] : [tag, longTextUpload("tags", key, text)];
}

/** A tag, cut to the longest text that it can hold. */
export function tagOperation(key: string, text: string, recording: Recording): Operation {
  return { kind: "tag", entry: tagEntry(key, text, recording) };
}

export function tagEntry(key: string, text: string, recording: Recording): KeyText {
  return { key: recording.tagName(key), value: storableText(text, MAX_TAG_LENGTH) };
}
