import type { Accelerator } from "../accelerator/accelerator.ts";
import type { MediaKind } from "../tracker-contract/media-data.ts";
import { audio, html, video } from "../trackers/values/media.ts";

const SAMPLES = Float32Array.from({ length: 800 }, (_, at) => Math.sin(at / 10) / 2);
const SHORT = SAMPLES.subarray(0, 400);
const RATE = { sampleRate: 8000 };
/** The smallest GIF that a browser shows: one pixel. */
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const PAGE = "<h1>損失</h1><script>document.title = 'run'</script>";

/** The bytes of everything that `logAllMedia` logs. */
export const MEDIA_BYTES: readonly { readonly kind: MediaKind; readonly bytes: Uint8Array }[] = [
  ...[SAMPLES, SHORT].map((samples) => {
    return { kind: "audio", bytes: wavOf(samples) } as const;
  }),
  { kind: "video", bytes: GIF },
  { kind: "html", bytes: Buffer.from(PAGE) },
];

/** Logs audio at two steps, and with the second also a video and a page. */
export function logAllMedia(accelerator: Accelerator, step: number): void {
  accelerator.logMedia({ "eval/tone": audio({ samples: SAMPLES, ...RATE }) }, { step });
  accelerator.logMedia(
    {
      "eval/tone": audio({ samples: SHORT, ...RATE }),
      clip: video({ bytes: GIF, format: "gif" }),
      report: html(PAGE),
    },
    { step: step + 1 },
  );
}

/** A WAV file of one channel and 16 bits at 8000 Hz, made apart from the code that is tested. */
function wavOf(samples: Float32Array): Uint8Array {
  const data = new Int16Array(samples.map((sample) => Math.round(sample * 32767)));
  const uint32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const text = (ascii: string) => Buffer.from(ascii, "latin1");
  return Buffer.concat([
    ...[text("RIFF"), uint32(36 + data.byteLength), text("WAVEfmt "), uint32(16)],
    ...[text("\x01\0\x01\0"), uint32(8000), uint32(16_000), text("\x02\0\x10\0")],
    ...[text("data"), uint32(data.byteLength), Buffer.from(data.buffer)],
  ]);
}
