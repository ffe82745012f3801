import type { AudioSamples } from "../../tracker-contract/media-data.ts";

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
const PCM = 1;
const MAX_SAMPLE = 32767;

/** Samples as a WAV file of 16-bit PCM. What is louder than 1 is cut off there; NaN is silence. */
export function wavFile({ samples, sampleRate, channels }: AudioSamples): Uint8Array {
  const dataBytes = samples.length * SAMPLE_BYTES;
  const frameBytes = channels * SAMPLE_BYTES;
  const bytes = Buffer.alloc(HEADER_BYTES + dataBytes);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(PCM, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(dataBytes, 40);
  let at = HEADER_BYTES;
  for (const sample of samples) {
    const limited = Number.isNaN(sample) ? 0 : Math.min(1, Math.max(-1, sample));
    at = bytes.writeInt16LE(Math.round(limited * MAX_SAMPLE), at);
  }
  return bytes;
}
