/**
 * Runs as a page that is one file holds them. Bytes, little endian: the length of a head (uint32) and 4 bytes of nothing, the head as
 * JSON, then arrays, every one at a multiple of 8.
 */
import type { RunDetail, RunList, TextLine } from "./schema.ts";
import type { AllPoints } from "./series.ts";

/** What a request for a part of the media index is answered with. */
export type MediaPart = {
  readonly offset: number;
  readonly index: number;
  /** Which image of a batch. */
  readonly picture: number;
  readonly type: string;
  readonly bytes: Uint8Array;
};

export type SnapshotRun = {
  readonly detail: RunDetail;
  readonly points: ReadonlyMap<string, AllPoints>;
  readonly texts: readonly TextLine[];
  readonly consoleLines: readonly TextLine[];
  readonly media: readonly MediaPart[];
};

export type Snapshot = {
  readonly takenMs: number;
  readonly list: RunList;
  readonly runs: readonly SnapshotRun[];
};

/** Where an array is, behind the head, and its bytes. */
type Span = readonly [start: number, length: number];

type Head = Pick<Snapshot, "takenMs" | "list"> & {
  readonly runs: readonly {
    readonly detail: RunDetail;
    readonly texts: readonly TextLine[];
    readonly consoleLines: readonly TextLine[];
    readonly points: readonly {
      readonly key: string;
      readonly steps: Span;
      readonly times: Span;
      readonly values: Span;
      readonly resumedAt: readonly number[];
    }[];
    readonly media: readonly (Omit<MediaPart, "bytes"> & { readonly bytes: Span })[];
  }[];
};

const HEAD_START = 8;

export function encodeSnapshot({ takenMs, list, runs }: Snapshot): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  const put = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Span => {
    const span: Span = [end, byteLength];
    parts.push(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
    end += aligned(byteLength);
    return span;
  };
  const head: Head = {
    ...{ takenMs, list },
    runs: runs.map(({ detail, points, texts, consoleLines, media }) => ({
      ...{ detail, texts, consoleLines },
      points: [...points].map(([key, { steps, times, values, resumedAt }]) => ({
        ...{ key, steps: put(steps), times: put(times), values: put(values), resumedAt },
      })),
      media: media.map((part) => ({ ...part, bytes: put(part.bytes) })),
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = aligned(HEAD_START + text.length);
  const all = new Uint8Array(start + end);
  new DataView(all.buffer).setUint32(0, text.length, true);
  all.set(text, HEAD_START);
  let at = start;
  for (const part of parts) {
    all.set(part, at);
    at += aligned(part.length);
  }
  return all;
}

/** The arrays are views of the buffer. */
export function decodeSnapshot(buffer: ArrayBuffer): Snapshot {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, HEAD_START, length));
  const { takenMs, list, runs } = JSON.parse(text) as Head;
  const start = aligned(HEAD_START + length);
  const doubles = ([at, bytes]: Span) => new Float64Array(buffer, start + at, bytes / 8);
  return {
    ...{ takenMs, list },
    runs: runs.map(({ detail, texts, consoleLines, points, media }) => ({
      ...{ detail, texts, consoleLines },
      points: new Map(
        points.map(({ key, steps, times, values, resumedAt }) => [
          key,
          {
            ...{ steps: doubles(steps), times: doubles(times), values: doubles(values) },
            resumedAt,
          },
        ]),
      ),
      media: media.map((part) => ({
        ...part,
        bytes: new Uint8Array(buffer, start + part.bytes[0], part.bytes[1]),
      })),
    })),
  };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
