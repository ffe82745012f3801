import { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../../errors.ts";
import type { AudioSamples } from "../../tracker-contract/media-data.ts";
import { describeValue } from "./describe-value.ts";
import type { AudioSource } from "./media.ts";
import { invalidMedia, sizeOf } from "./media-fault.ts";
import { holdTensor } from "./plain-copy.ts";

type SampledSource = Extract<AudioSource, { readonly samples: unknown }>;

/** Of each sample in the file. */
const SAMPLE_BYTES = 2;
const MAX_SAMPLE_RATE = 1_000_000;
const MAX_CHANNELS = 32;

/** Samples that are copied, and how many bytes they are as a file. @throws {AcceleratorError} as `copyMedia` says. */
export function copySamples(
  name: string,
  { samples, sampleRate, channels }: SampledSource,
): { readonly media: AudioSamples | Promise<AudioSamples>; readonly bytes: number } {
  requireInteger(name, "sampleRate", sampleRate, MAX_SAMPLE_RATE);
  if (channels !== undefined) requireInteger(name, "channels", channels, MAX_CHANNELS);
  const known = channelsOf(name, samples);
  const numChannels = channels ?? known;
  const length = samples instanceof Tensor ? samples.size : (samples?.length ?? 0);
  const bytes = sizeOf(name, length * SAMPLE_BYTES);
  if (length % numChannels !== 0) {
    throw invalidMedia(name, `${length} samples are no whole frames of ${numChannels} channels`);
  }
  const given = { kind: "audio", sampleRate, channels: numChannels } as const;
  if (samples instanceof Tensor) {
    requireAlive(name, samples);
    return { media: readSamples(samples).then((read) => ({ ...given, samples: read })), bytes };
  }
  const isFloat = samples instanceof Float32Array || samples instanceof Float64Array;
  if (!isFloat && !(Array.isArray(samples) && samples.every((one) => typeof one === "number"))) {
    const advice = "samples are numbers of -1 to 1, in a Float32Array, a list or a tensor";
    throw invalidMedia(name, `${advice}; got ${describeValue(samples)}`);
  }
  return { media: { ...given, samples: new Float32Array(samples) }, bytes };
}

function channelsOf(name: string, samples: SampledSource["samples"]): number {
  if (!(samples instanceof Tensor)) return 1;
  const { shape, dtype } = samples;
  const channels = shape.length === 1 ? 1 : (shape[1] ?? 0);
  const isAudio = (shape.length === 1 || shape.length === 2) && dtype === "float32";
  if (isAudio && channels >= 1 && channels <= MAX_CHANNELS) return channels;
  throw invalidMedia(
    name,
    `a float32 tensor of shape [frames] or [frames, channels] is needed; got ${dtype} of shape [${shape}]`,
  );
}

function requireAlive(name: string, tensor: Tensor): void {
  if (tensor.isDisposed) {
    throw new AcceleratorError(
      "TENSOR_DISPOSED",
      `The tensor of the audio "${name}" is disposed already. Log it in the step that made it, or hold it with ` +
        "accelerator.keep.",
    );
  }
}

async function readSamples(tensor: Tensor): Promise<Float32Array> {
  const held = holdTensor(tensor);
  const data = (await held.data()).slice() as Float32Array;
  held.dispose();
  return data;
}

function requireInteger(name: string, option: string, value: unknown, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most) return;
  throw invalidMedia(name, `${option} must be an integer from 1 to ${most}, got ${String(value)}`);
}
