import { AcceleratorError, type ImageData, type LogContext } from "@acc/core/tracker";
import { imageFiles } from "../format/image-files.ts";
import type { Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";

/** Images as the run's page shows them. */
export function imageOperations(
  images: Readonly<Record<string, ImageData>>,
  at: LogContext,
  { recording, leaveOut, identity }: EventScope,
): Operation[] {
  const timestampMs = recording.timeOf(at);
  const step = recording.stepOf(at);
  const uploads = Object.entries(images).flatMap(([key, image]): Operation[] => {
    try {
      const files = imageFiles(key, image, { step, timestampMs, identity });
      return files.map(({ path, bytes }) => ({ kind: "upload", path, content: bytes }));
    } catch (error) {
      if (!(error instanceof AcceleratorError)) throw error;
      leaveOut(`the image "${key}"`, error.message);
      return [];
    }
  });
  if (recording.hasImages || uploads.length === 0) return uploads;
  recording.hasImages = true; // without the tag the page has no section of images
  return [...uploads, { kind: "tag", entry: { key: "mlflow.loggedImages", value: "True" } }];
}
