import type { FigureData, ImageData, LogValue, MediaData } from "@acc/core/tracker";
import {
  type EncodedImage,
  encodePng,
  type FigurePicture,
  figureJson,
  imagesOf,
  numbersOf,
  requireMedia,
  toJson,
} from "@acc/tracker-kit";
import { Blob, CustomObject, type TreeValue } from "./tree.ts";

/** A value as a sequence of Aim holds it. */
export type TrackedValue = {
  /** The kind of the value in words, for two kinds of values with one name. */
  readonly kind:
    | "number"
    | "text"
    | "texts"
    | "image"
    | "images"
    | "distribution"
    | "figure"
    | "audio";
  /** Aim's name of the type. */
  readonly dtype: string;
  readonly value: TreeValue;
};

/** Aim's own default. */
const BINS = 64;
/** Modes of the Python Imaging Library, by the number of channels. */
const IMAGE_MODES = ["", "L", "LA", "RGB", "RGBA"];

/** Numbers are always doubles: a sequence with integers and doubles would have a third type. */
export function trackedNumber(value: number): TrackedValue {
  return { kind: "number", dtype: "float", value };
}

export function trackedText(text: string): TrackedValue {
  return { kind: "text", dtype: "aim.text", value: textObject(text) };
}

/**
 * A number as a metric, text as text, several numbers as a distribution, several texts as a list of texts, other lists
 * as the text of their JSON; undefined for empty values.
 */
export function trackedValue(value: LogValue): TrackedValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return trackedNumber(Number(value));
  }
  if (typeof value === "string") return trackedText(value);
  if (value instanceof Date) return trackedText(String(toJson(value)));
  const numbers = numbersOf(value);
  if (numbers?.length === 1) return trackedNumber(numbers[0] as number);
  const finite = numbers?.filter(Number.isFinite) ?? [];
  if (finite.length > 0) return trackedDistribution(finite);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) {
    const items = value.map((item) => textObject(item as string));
    return { kind: "texts", dtype: "list(aim.text)", value: items };
  }
  return trackedText(JSON.stringify(toJson(value)));
}

/**
 * One image, or a batch as a list of images.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for a shape that no image has.
 */
export function trackedImage(image: ImageData, caption: string | readonly string[]): TrackedValue {
  const images = imagesOf(image).map((one, at) =>
    imageObject(one, typeof caption === "string" ? caption : (caption[at] ?? "")),
  );
  const [only] = images;
  return image.shape.length !== 4 && only
    ? { kind: "image", dtype: "aim.image", value: only }
    : { kind: "images", dtype: "list(aim.image)", value: images };
}

/** A figure of Plotly, which Aim draws. */
export function trackedFigure(figure: FigureData): TrackedValue {
  const object = new CustomObject("aim.figure", {
    source: "plotly",
    version: "unknown", // as Aim's client writes where it does not know the version of Plotly
    format: "raw_json",
    data: new Blob(JSON.stringify(figureJson(figure))),
  });
  return { kind: "figure", dtype: object.type, value: object };
}

/** The picture of another figure, as an image. */
export function trackedPicture({ bytes: png, width, height }: FigurePicture): TrackedValue {
  const value = pngObject({ png, width, height, channels: 4 }, "");
  return { kind: "image", dtype: "aim.image", value };
}

/** Aim shows these, and no videos or pages. */
const SHOWN = { audio: ["wav", "mp3", "flac"] };

/** @throws {AcceleratorError} `VALUE_INVALID` for what is no audio that Aim shows. */
export function trackedAudio(media: MediaData): TrackedValue {
  const { format, data, caption = "" } = requireMedia(media, SHOWN);
  const object = new CustomObject("aim.audio", { data: new Blob(data), caption, format });
  return { kind: "audio", dtype: object.type, value: object };
}

function trackedDistribution(numbers: readonly number[]): TrackedValue {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5]; // as NumPy does
  const width = (high - low) / BINS;
  const counts = new BigInt64Array(BINS);
  for (const number of numbers) {
    const bin = Math.min(Math.floor((number - low) / width), BINS - 1);
    counts[bin] = (counts[bin] ?? 0n) + 1n;
  }
  const object = new CustomObject("aim.distribution", {
    data: new Blob(new Uint8Array(counts.buffer)),
    dtype: "int64",
    range: [low, high],
    bin_count: BigInt(BINS),
  });
  return { kind: "distribution", dtype: object.type, value: object };
}

function textObject(text: string): CustomObject {
  return new CustomObject("aim.text", { data: new Blob(text) });
}

function imageObject(image: ImageData, caption: string): CustomObject {
  return pngObject(encodePng(image), caption);
}

function pngObject({ png, width, height, channels }: EncodedImage, caption: string): CustomObject {
  return new CustomObject("aim.image", {
    data: new Blob(png),
    source: "PIL.Image",
    mode: IMAGE_MODES[channels] as string,
    format: "png",
    width: BigInt(width),
    height: BigInt(height),
    caption,
  });
}
