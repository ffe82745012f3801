import { longTextUpload } from "./param-tasks.ts";
import type { Recording } from "./recording.ts";
import { safeText } from "./safe-text.ts";
import type { Task } from "./task.ts";

/** What every server since 2.14 holds; a longer text is cut by the server, without a word. */
export const MAX_TAG_LENGTH = 5000;

/** A tag; what it cannot hold whole is `tags/<name>.txt`. */
export function tagTasks(key: string, value: string, recording: Recording): Task[] {
  const text = safeText(value);
  const tag = tagTask(key, text, recording);
  return [...text].length <= MAX_TAG_LENGTH ? [tag] : [tag, longTextUpload("tags", key, text)];
}

/** A tag that holds as much of a text as it can. */
export function tagTask(key: string, text: string, recording: Recording): Task {
  const entry = { key: recording.tagName(key), value: safeText(text, MAX_TAG_LENGTH) };
  return { kind: "tag", entry };
}
