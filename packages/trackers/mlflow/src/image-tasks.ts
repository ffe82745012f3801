import type { ImageData, LogContext } from "@acc/core";
import { AcceleratorError } from "@acc/core";
import { imageFiles } from "./image-files.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/** Images as the run's page shows them. */
export function imageTasks(
  images: Readonly<Record<string, ImageData>>,
  at: LogContext,
  { recording, leftOut, identity }: TaskContext,
): Task[] {
  const timestampMs = recording.timeOf(at);
  const step = recording.stepOf(at);
  const uploads = Object.entries(images).flatMap(([key, image]): Task[] => {
    try {
      const files = imageFiles(key, image, { step, timestampMs, identity });
      return files.map(({ path, bytes }) => ({ kind: "upload", path, content: bytes }));
    } catch (error) {
      if (!(error instanceof AcceleratorError)) throw error;
      leftOut.add(`the image "${key}"`, error.message);
      return [];
    }
  });
  if (recording.hasImages || uploads.length === 0) return uploads;
  recording.hasImages = true; // without the tag the page has no section of images
  return [...uploads, { kind: "tag", entry: { key: "mlflow.loggedImages", value: "True" } }];
}
