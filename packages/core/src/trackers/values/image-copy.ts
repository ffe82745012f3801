import { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../../errors.ts";
import type { ImageData } from "../../tracker-contract/log-value.ts";
import { describeValue } from "./describe-value.ts";
import { holdTensor } from "./plain-copy.ts";

/**
 * Copies an image; a tensor becomes its data and shape.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the tag if it is no image, `TENSOR_DISPOSED` if its tensor is disposed.
 */
export function copyImage(tag: string, image: ImageData | Tensor): Promise<ImageData> {
  try {
    if (!isImage(image)) throw invalid(tag, image);
    if (!(image instanceof Tensor)) return Promise.resolve(copyData(image));
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
  return readTensor(image);
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
