import { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../../errors.ts";
import type { ImageData } from "../../tracker-contract/log-value.ts";
import { describeValue } from "./describe-value.ts";
import { LoggedImage } from "./marked-value.ts";
import { holdTensor } from "./plain-copy.ts";

/**
 * Copies an image; a tensor becomes its data and shape.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the tag if it is no image or its caption is none, `TENSOR_DISPOSED` if its tensor is disposed.
 */
export function copyImage(
  tag: string,
  source: ImageData | Tensor | LoggedImage,
): Promise<ImageData> {
  const marked = source instanceof LoggedImage ? source : undefined;
  const image = marked ? marked.source : (source as ImageData | Tensor);
  let caption: ImageData["caption"];
  try {
    if (!isImage(image)) throw invalid(tag, image);
    const own = image instanceof Tensor ? undefined : image.caption;
    const given = marked?.caption === undefined ? own : marked.caption;
    caption = copyCaption(tag, given, image.shape);
    if (!(image instanceof Tensor)) return Promise.resolve(withCaption(copyData(image), caption));
  } catch (error) {
    if (error instanceof AcceleratorError) throw error;
    throw new AcceleratorError(
      "VALUE_INVALID",
      `The image "${tag}" cannot be read: ${messageOf(error)}.`,
    );
  }
  if (image.isDisposed) {
    throw new AcceleratorError(
      "TENSOR_DISPOSED",
      `The tensor of the image "${tag}" is disposed already. Log it in the step that made it, or hold it with ` +
        "accelerator.keep.",
    );
  }
  return readTensor(image).then((read) => withCaption(read, caption));
}

/** One for each image of a batch where they differ. */
function copyCaption(
  tag: string,
  caption: ImageData["caption"],
  shape: readonly number[],
): ImageData["caption"] {
  if (caption === undefined || typeof caption === "string") return caption;
  const count = shape.length === 4 ? shape[0] : 1;
  const isList = Array.isArray(caption) && caption.every((one) => typeof one === "string");
  if (isList && caption.length === count) return [...caption];
  const found = Array.isArray(caption) ? `a list of ${caption.length}` : describeValue(caption);
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The caption of the image "${tag}" must be a text, or a list of ${count}, one for each image; got ${found}.`,
  );
}

function withCaption(image: ImageData, caption: ImageData["caption"]): ImageData {
  return caption === undefined ? image : { ...image, caption };
}

function copyData({ data, shape }: ImageData): ImageData {
  const type = TYPES.find((known) => data instanceof known) ?? otherType(data);
  // Not `slice`: that of a Buffer shares its memory.
  return { data: new type(data as Uint8Array), shape: [...shape] };
}

/** Floats are in 0..1, everything else in 0..255. */
function otherType(data: object): typeof Float32Array | typeof Int32Array {
  return data instanceof Float64Array ? Float32Array : Int32Array;
}

const TYPES = [Uint8Array, Uint8ClampedArray, Float32Array] as const;

async function readTensor(image: Tensor): Promise<ImageData> {
  const shape = [...image.shape];
  const held = holdTensor(image);
  const data = (await held.data()).slice() as ImageData["data"];
  held.dispose();
  return { data, shape };
}

function isImage(image: ImageData | Tensor): boolean {
  const { shape } = (image ?? {}) as Partial<ImageData>;
  if (!Array.isArray(shape) || shape.length < 2 || shape.length > 4) return false;
  const channels = shape.length === 2 ? 1 : shape.at(-1);
  const size = shape.reduce((product, length) => product * length, 1);
  if (!channels || channels > 4) return false;
  return (
    image instanceof Tensor || (image.data?.length !== undefined && image.data.length === size)
  );
}

function invalid(tag: string, image: unknown): AcceleratorError {
  const { shape } = (image ?? {}) as Partial<ImageData>;
  return new AcceleratorError(
    "VALUE_INVALID",
    `The image "${tag}" needs data and a shape [height, width], [height, width, channels] or ` +
      `[count, height, width, channels] with 1 to 4 channels; found ${describeValue(image)} of shape [${shape}].`,
  );
}
