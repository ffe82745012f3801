import { AcceleratorError } from "@acc/core/tracker";

export type WavHeader = {
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples of each channel. */
  readonly frames: number;
};

const CHUNK_HEADER = 8;

/** What a WAV file says of itself. @throws {AcceleratorError} `VALUE_INVALID` if it is none. */
export function wavHeader(data: Uint8Array): WavHeader {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isWav =
    bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WAVE";
  let format:
    | { readonly sampleRate: number; readonly channels: number; frameBytes: number }
    | undefined;
  for (let at = 12; isWav && at + CHUNK_HEADER <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const start = at + CHUNK_HEADER;
    if (name === "fmt " && size >= 16 && start + 16 <= bytes.length) {
      const channels = bytes.readUInt16LE(start + 2);
      const sampleRate = bytes.readUInt32LE(start + 4);
      format = { channels, sampleRate, frameBytes: bytes.readUInt16LE(start + 12) };
    }
    if (name === "data" && format && format.frameBytes > 0) {
      const { sampleRate, channels, frameBytes } = format;
      // A recorder that was stopped leaves a size that is larger than the file.
      return {
        sampleRate,
        channels,
        frames: Math.floor(Math.min(size, bytes.length - start) / frameBytes),
      };
    }
    at = start + size + (size % 2);
  }
  throw new AcceleratorError("VALUE_INVALID", "its bytes are no WAV file.");
}
