import { createHash } from "node:crypto";
import { wellFormed } from "@acc/tracker-kit";

/** Longest name of a file or folder, in bytes; file systems allow 255, and a name is made of two parts. */
const MAX_NAME = 100;

/** Folder of a task's files on the files server, and below `data/` of an offline session. */
export function taskFolder(project: string, task: string, id: string): string {
  const parents = project.split("/").map((part) => safeName(part));
  return [...parents, `${safeName(task)}.${id}`].join("/");
}

/** Where an image or other media of a series is kept, below the task's folder. `identity` is different for each of the series. */
export function samplePath(
  title: string,
  series: string,
  identity: string,
  extension: string,
): string {
  const [titleName, seriesName] = [safeName(title), safeName(series)];
  return `metrics/${titleName}/${seriesName}/${titleName}_${seriesName}_${identity}.${extension}`;
}

/** Where an artifact is kept, below the task's folder. */
export function artifactPath(key: string, fileName: string): string {
  return `artifacts/${safeName(key)}/${safeName(fileName)}`;
}

/** Where a model is kept, below the task's folder. `identity` is different for each model of the task. */
export function modelPath(name: string, identity: string, fileName: string): string {
  return `models/${safeName(`${name}-${identity}`)}/${safeName(fileName)}`;
}

/** The path as part of a URL. */
export function urlPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * A name that stays in its folder and that every file system accepts, the same for the same text: `/` is `.slash.` as
 * in the Python client, characters beyond ASCII are percent-encoded. A name that needs any other change ends with a
 * digest, so that two texts never get the same name.
 */
function safeName(text: string): string {
  const plain = wellFormed(text)
    .replaceAll("/", ".slash.")
    .replaceAll(/[^\x20-\x7e]+/g, (part) => encodeURIComponent(part));
  const clean = plain.replaceAll(/["\\<>:|?*]/g, "_").replace(/[. ]+$/, "");
  if (clean === plain && clean !== "" && clean.length <= MAX_NAME) return clean;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${clean.slice(0, MAX_NAME)}-${digest}`;
}
