/** Answers for a page that is one file, as the server would give them. */
import { Points } from "../index/points.ts";
import type { RunPoints } from "../index/run-points.ts";
import { pointOf, seriesOf } from "../index/series-of.ts";
import { encodeFrame } from "../wire/frame.ts";
import { PORTION } from "../wire/portion.ts";
import { countOf, pointQuery, seriesQueries } from "../wire/query.ts";
import { Refusal } from "../wire/refusal.ts";
import type { TextLine } from "../wire/schema.ts";
import type { Series } from "../wire/series.ts";
import { decodeSnapshot, type Snapshot, type SnapshotRun } from "../wire/snapshot.ts";

type HeldRun = SnapshotRun & { readonly charted: RunPoints };

/** What the element with this id holds. */
export async function readSnapshot(id: string): Promise<Snapshot> {
  const text = document.getElementById(id)?.textContent ?? "";
  const zipped = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return decodeSnapshot(await new Response(stream).arrayBuffer());
}

/** A function that answers a request for a path. */
export function answersOf(snapshot: Snapshot): (path: string) => Response {
  const runs = new Map(
    snapshot.runs.map((run): [string, HeldRun] => [
      run.detail.run.id,
      { ...run, charted: chartedOf(run) },
    ]),
  );
  return (path) => {
    try {
      return answer(snapshot, runs, path);
    } catch (error) {
      if (error instanceof Refusal) return new Response(error.message, { status: error.status });
      throw error;
    }
  };
}

function answer({ list }: Snapshot, runs: ReadonlyMap<string, HeldRun>, path: string): Response {
  const { pathname, searchParams: query } = new URL(path, "http://copy/");
  const [, , what, ...parts] = pathname.split("/").map(decodeURIComponent);
  const [id = "", ...rest] = parts;
  const run = runs.get(id);
  switch (what) {
    case "runs":
      return Response.json(list);
    case "run":
      return Response.json(known(run).detail);
    case "series":
      return new Response(
        encodeFrame(
          seriesQueries(query).map((one): Series | undefined => {
            const asked = runs.get(one.run);
            return asked && seriesOf(asked.charted, one);
          }),
        ),
      );
    case "point": {
      const asked = pointQuery(query);
      return Response.json(known(pointOf(known(runs.get(asked.run)).charted, asked)));
    }
    case "text":
      return linesAnswer(known(run).texts, known(run).detail.numTexts, query);
    case "console":
      return linesAnswer(known(run).consoleLines, known(run).detail.numConsoleLines, query);
    case "media":
      return mediaAnswer(known(run), rest.map(Number), query);
    default:
      throw new Refusal(404, "This page is a copy, and does not hold this.");
  }
}

function linesAnswer(all: readonly TextLine[], end: number, query: URLSearchParams): Response {
  const from = countOf(query, "from");
  const lines = all.filter(({ sequence }) => sequence >= from).slice(0, PORTION.lines);
  return Response.json({ lines, end });
}

function mediaAnswer(
  { media }: SnapshotRun,
  [offset, index]: readonly number[],
  query: URLSearchParams,
): Response {
  const picture = countOf(query, "picture");
  const { type, bytes } = known(
    media.find(
      (part) => part.offset === offset && part.index === index && part.picture === picture,
    ),
  );
  if (type !== "application/json") {
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
  }
  const value = JSON.parse(new TextDecoder().decode(bytes)) as { readonly rows?: unknown[] };
  const from = countOf(query, "row");
  const rows = value.rows?.slice(from, from + PORTION.rows);
  return Response.json({ ...value, ...(rows && { rows }) });
}

function chartedOf({ detail, points }: SnapshotRun): RunPoints {
  const keys = [...points].map(([key, { steps, times, values, resumedAt }]) => {
    const list = new Points();
    for (let i = 0; i < values.length; i++) {
      list.add(i, steps[i] as number, times[i] as number, values[i] as number);
    }
    list.resumedAt.push(...resumedAt);
    return [key, { points: list, rewound: undefined }] as const;
  });
  return {
    ...{ about: detail.run, pauses: detail.pauses, firstStep: detail.firstStep ?? undefined },
    keys: new Map(keys),
  };
}

function known<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Refusal(404, "This page is a copy, and does not hold this.");
}
