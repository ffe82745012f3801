import { AcceleratorError } from "../../errors.ts";
import { MAX_MEDIA_BYTES } from "../../tracker-contract/media-data.ts";

/** @throws {AcceleratorError} `VALUE_INVALID` for nothing, and for too much. */
export function sizeOf(name: string, bytes: number): number {
  if (bytes === 0) throw invalidMedia(name, "it is empty");
  if (bytes <= MAX_MEDIA_BYTES) return bytes;
  const megabytes = Math.ceil(bytes / 2 ** 20);
  const limit = MAX_MEDIA_BYTES / 2 ** 20;
  throw invalidMedia(
    name,
    `it has ${megabytes} MiB, and the media of one call may have ${limit} MiB; use logArtifact`,
  );
}

/** Media that cannot be logged. */
export function invalidMedia(name: string, fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `"${name}" cannot be logged as media: ${fault}.`);
}
