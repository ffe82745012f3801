import { AcceleratorError, type MediaData } from "@acc/core/tracker";
import { requireMedia } from "@acc/tracker-kit";
import { audioValue, imageValue, type SummaryValue } from "./event.ts";
import { wavHeader } from "./wav-header.ts";

/** TensorBoard plays WAV, and shows a GIF among the images. */
const SHOWN = { audio: ["wav"], video: ["gif"] };
/** Of a GIF: width and height follow its name. */
const GIF_HEADER = 10;

/** @throws {AcceleratorError} `VALUE_INVALID` for what TensorBoard does not show, and for bytes of another format. */
export function mediaValue(tag: string, media: MediaData): SummaryValue {
  const { kind, data } = requireMedia(media, SHOWN);
  if (kind === "audio") return audioValue(tag, { ...wavHeader(data), wav: data });
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!bytes.toString("latin1", 0, 3).startsWith("GIF") || bytes.length < GIF_HEADER) {
    throw new AcceleratorError("VALUE_INVALID", "its bytes are no GIF.");
  }
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  return imageValue(tag, { width, height, channels: 3, encoded: data });
}
