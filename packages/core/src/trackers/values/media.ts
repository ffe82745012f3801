import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Audio to log: the path of a file, its bytes, or samples of -1 to 1. With several channels, the samples of one moment are
 * beside each other; a tensor has the shape `[frames]` or `[frames, channels]`.
 */
export type AudioSource =
  | string
  | { readonly bytes: Uint8Array; readonly format: "wav" | "mp3" | "ogg" | "flac" | "m4a" }
  | {
      readonly samples: Float32Array | Float64Array | readonly number[] | Tensor;
      /** Samples of each channel in a second. */
      readonly sampleRate: number;
      /** Default 1, or the second dimension of a tensor. */
      readonly channels?: number;
    };

/** An encoded video to log: the path of a file, or its bytes. */
export type VideoSource =
  | string
  | { readonly bytes: Uint8Array; readonly format: "mp4" | "webm" | "gif" };

/** An HTML page to log: its text, or the path of a file. */
export type HtmlSource = string | { readonly path: string };

/** What services show beside media. */
export type CaptionOptions = { readonly caption?: string };

/** Audio, a video or a page among the values of `log`; `audio`, `video` and `html` make it. */
export class LoggedMedia {
  /** What was given, with the function that it was given to. */
  readonly given:
    | { readonly kind: "audio"; readonly source: AudioSource }
    | { readonly kind: "video"; readonly source: VideoSource }
    | { readonly kind: "html"; readonly source: HtmlSource };

  readonly caption: string | undefined;

  constructor(given: LoggedMedia["given"], { caption }: CaptionOptions = {}) {
    this.given = given;
    this.caption = caption;
  }
}

/**
 * Marks audio: `accelerator.logMedia({ speech: audio({ samples, sampleRate: 16_000 }) })`, or `audio("speech.mp3")`. Samples
 * become a WAV file of 16 bits on the thread of the trackers, where files are read too.
 */
export function audio(source: AudioSource, options?: CaptionOptions): LoggedMedia {
  return new LoggedMedia({ kind: "audio", source }, options);
}

/** Marks an encoded video: `accelerator.logMedia({ rollout: video("rollout.mp4") })`. */
export function video(source: VideoSource, options?: CaptionOptions): LoggedMedia {
  return new LoggedMedia({ kind: "video", source }, options);
}

/** Marks an HTML page: `accelerator.logMedia({ report: html("<b>fine</b>") })`, or `html({ path: "report.html" })`. */
export function html(source: HtmlSource): LoggedMedia {
  return new LoggedMedia({ kind: "html", source });
}
