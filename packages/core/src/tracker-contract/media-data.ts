/** What media are, besides images. */
export type MediaKind = "audio" | "video" | "html";

/** The formats of each kind, named as the extensions of their files are. */
export const MEDIA_FORMATS: { readonly [kind in MediaKind]: readonly string[] } = {
  audio: ["wav", "mp3", "ogg", "flac", "m4a"],
  video: ["mp4", "webm", "gif"],
  html: ["html"],
};

/** The most bytes that the media of one call may take: each is a text in the journal, and in the memory of every tracker. */
export const MAX_MEDIA_BYTES: number = 100 * 1024 * 1024;

/** Audio, a video or an HTML page, as the bytes of its file. */
export type MediaData = {
  readonly kind: MediaKind;
  /** One of `MEDIA_FORMATS`. Samples are `"wav"`: PCM of 16 bits. */
  readonly format: string;
  readonly data: Uint8Array;
  readonly caption?: string;
};

/** Audio as samples of -1 to 1, those of the channels of one moment beside each other. */
export type AudioSamples = {
  readonly kind: "audio";
  readonly samples: Float32Array;
  /** Samples of each channel in a second. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly caption?: string;
};

/** Media in a file, by its absolute path. */
export type MediaFile = {
  readonly kind: MediaKind;
  readonly format: string;
  readonly path: string;
  readonly caption?: string;
};

/** Media as they are logged. Whoever has the journal encodes samples and reads files. */
export type PostedMedia = MediaData | AudioSamples | MediaFile;
