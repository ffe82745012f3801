/**
 * Events of TensorBoard's files as protobuf messages. Field numbers are those of TensorBoard's
 * `event.proto`, `summary.proto` and the hparams plugin's `plugin_data.proto`.
 */

import { type EncodedImage, MessageWriter } from "@acc/tracker-kit";
import type { Histogram } from "./histogram.ts";
import type { Hparam } from "./hparams.ts";
import type { WavHeader } from "./wav-header.ts";

/** The time of an event, and its place on the step axis. */
export type EventTime = { readonly wallTimeMs: number; readonly step: number };

/** A value of one tag within an event. */
export type SummaryValue = MessageWriter;

const DT_FLOAT = 1;
const DT_DOUBLE = 2;
const DT_STRING = 7;
const DATA_CLASS_SCALAR = 1;
const DATA_CLASS_TENSOR = 2;
const DATA_CLASS_BLOBS = 3;
/** Of the audio plugin. */
const ENCODED_AS_WAV = 11;

/** The first record of every file. */
export function fileVersionEvent(wallTimeMs: number): Uint8Array {
  return new MessageWriter()
    .double(1, wallTimeMs / 1000)
    .string(3, "brain.Event:2")
    .finish();
}

/** Marks the start of a program. Readers drop the values of earlier files from this step on. */
export function sessionStartEvent({ wallTimeMs, step }: EventTime): Uint8Array {
  return timed({ wallTimeMs, step }).message(7, new MessageWriter().varint(1, 1)).finish();
}

export function summaryEvent(time: EventTime, values: readonly SummaryValue[]): Uint8Array {
  const summary = new MessageWriter();
  for (const value of values) summary.message(1, value);
  return timed(time).message(5, summary).finish();
}

/** float32, which TensorBoard's default loader shows. */
export function scalarValue(tag: string, value: number): SummaryValue {
  return new MessageWriter().string(1, tag).float(2, value);
}

/** An exact double. TensorBoard shows it only with `--load_fast=false`. */
export function doubleValue(tag: string, value: number): SummaryValue {
  const tensor = new MessageWriter()
    .varint(1, DT_DOUBLE)
    .message(2, new MessageWriter())
    .packedDoubles(6, [value]);
  const metadata = pluginMetadata("scalars").varint(4, DATA_CLASS_SCALAR);
  return new MessageWriter().string(1, tag).message(8, tensor).message(9, metadata);
}

export function histogramValue(tag: string, histogram: Histogram): SummaryValue {
  const { min, max, count, sum, sumSquares, limits, counts } = histogram;
  const message = new MessageWriter()
    .double(1, min)
    .double(2, max)
    .double(3, count)
    .double(4, sum)
    .double(5, sumSquares)
    .packedDoubles(6, limits)
    .packedDoubles(7, counts);
  return new MessageWriter().string(1, tag).message(5, message);
}

/** Text for the text plugin, which renders Markdown. */
export function textValue(tag: string, text: string): SummaryValue {
  const one = new MessageWriter().varint(1, 1);
  const tensor = new MessageWriter()
    .varint(1, DT_STRING)
    .message(2, new MessageWriter().message(2, one))
    .string(8, text);
  return new MessageWriter()
    .string(1, `${tag}/text_summary`)
    .message(8, tensor)
    .message(9, pluginMetadata("text"));
}

/** `encoded`: the bytes of a PNG or a GIF. */
export function imageValue(
  tag: string,
  {
    width,
    height,
    channels,
    encoded,
  }: Omit<EncodedImage, "png"> & { readonly encoded: Uint8Array },
): SummaryValue {
  const image = new MessageWriter()
    .varint(1, height)
    .varint(2, width)
    .varint(3, channels)
    .bytes(4, encoded);
  return new MessageWriter().string(1, tag).message(4, image);
}

export function audioValue(
  tag: string,
  { sampleRate, channels, frames, wav }: WavHeader & { readonly wav: Uint8Array },
): SummaryValue {
  const audio = new MessageWriter()
    .float(1, sampleRate)
    .varint(2, channels)
    .varint(3, frames)
    .bytes(4, wav)
    .string(5, "audio/wav");
  // TensorBoard's fast loader takes the type of the bytes from here only.
  const content = new MessageWriter().varint(2, ENCODED_AS_WAV).finish();
  const metadata = pluginMetadata("audio", content).varint(4, DATA_CLASS_BLOBS);
  return new MessageWriter().string(1, tag).message(6, audio).message(9, metadata);
}

/** @param curve of shape `[6, thresholds]`, as `prCurve` makes it. */
export function prCurveValue(tag: string, curve: Float32Array): SummaryValue {
  const thresholds = curve.length / 6;
  const dimension = (size: number) => new MessageWriter().varint(1, size);
  const shape = new MessageWriter().message(2, dimension(6)).message(2, dimension(thresholds));
  const bytes = new Uint8Array(curve.buffer, curve.byteOffset, curve.byteLength);
  const tensor = new MessageWriter().varint(1, DT_FLOAT).message(2, shape).bytes(4, bytes);
  const content = new MessageWriter().varint(2, thresholds).finish();
  const metadata = pluginMetadata("pr_curves", content).varint(4, DATA_CLASS_TENSOR);
  return new MessageWriter().string(1, tag).message(8, tensor).message(9, metadata);
}

/** @param layout as `layoutMessage` makes it. TensorBoard reads one of a run. */
export function customScalarsValue(layout: Uint8Array): SummaryValue {
  const tensor = new MessageWriter()
    .varint(1, DT_STRING)
    .message(2, new MessageWriter())
    .bytes(8, layout);
  const metadata = pluginMetadata("custom_scalars").varint(4, DATA_CLASS_TENSOR);
  return new MessageWriter()
    .string(1, "custom_scalars__config__")
    .message(8, tensor)
    .message(9, metadata);
}

/** Hyperparameters of a run. TensorBoard reads the first of a run and ignores any other. */
export function sessionStartInfo(
  hparams: ReadonlyMap<string, Hparam>,
  startTimeMs: number,
): SummaryValue {
  const info = new MessageWriter();
  for (const [name, value] of hparams) {
    info.message(1, new MessageWriter().string(1, name).message(2, structValue(value)));
  }
  return hparamsValue("session_start_info", 3, info.double(5, startTimeMs / 1000));
}

/** How a run ended. TensorBoard reads only the first of a run. */
export function sessionEndInfo(status: "success" | "failure", endTimeMs: number): SummaryValue {
  const code = status === "success" ? 1 : 2;
  const info = new MessageWriter().varint(1, code).double(2, endTimeMs / 1000);
  return hparamsValue("session_end_info", 4, info);
}

function hparamsValue(name: string, field: number, content: MessageWriter): SummaryValue {
  const empty = new MessageWriter().message(2, new MessageWriter());
  const nullTensor = new MessageWriter().varint(1, DT_FLOAT).message(2, empty);
  return new MessageWriter()
    .string(1, `_hparams_/${name}`)
    .message(8, nullTensor)
    .message(9, pluginMetadata("hparams", new MessageWriter().message(field, content).finish()));
}

function pluginMetadata(plugin: string, content?: Uint8Array): MessageWriter {
  const data = new MessageWriter().string(1, plugin);
  if (content) data.bytes(2, content);
  return new MessageWriter().message(1, data);
}

/** google.protobuf.Value */
function structValue(value: Hparam): MessageWriter {
  if (typeof value === "number") return new MessageWriter().double(2, value);
  if (typeof value === "boolean") return new MessageWriter().varint(4, value ? 1 : 0);
  return new MessageWriter().string(3, value);
}

function timed({ wallTimeMs, step }: EventTime): MessageWriter {
  const event = new MessageWriter().double(1, wallTimeMs / 1000);
  return step === 0 ? event : event.varint(2, step);
}
