import { decodeFrame } from "../../wire/frame.ts";
import type { RunSummary } from "../../wire/schema.ts";
import { paceKey } from "../../wire/system-keys.ts";
import { getBytes } from "../api.ts";
import { seriesPath } from "../chart/question.ts";
import { durationText, shortNumber } from "../model/format.ts";
import { meanShares, type TimePart, timeLane } from "../model/time-lane.ts";
import { useLoaded } from "./use-loaded.ts";

/** Parts of a lane, if there are more samples. */
const NUM_COLUMNS = 240;

type Props = { readonly run: RunSummary };

/** How each replica spent its time, one lane each, below each other. */
export function Timeline({ run }: Props) {
  const ranks = ranksOf(run);
  if (ranks.length === 0) return null;
  return (
    <section class="timeline" aria-label="Time line of the replicas">
      <h2>Time line</h2>
      <p class="legend dim">
        <i class="computing" /> computing and the rest <i class="loading" /> loading data{" "}
        <i class="waiting" /> waiting for other replicas
      </p>
      {ranks.map((rank) => (
        <Lane key={rank} run={run} rank={rank} />
      ))}
    </section>
  );
}

function ranksOf({ keys }: RunSummary): number[] {
  const ranks: number[] = [];
  while (paceKey(ranks.length, "waiting") in keys) ranks.push(ranks.length);
  return ranks;
}

function Lane({ run, rank }: Props & { readonly rank: number }) {
  const count = run.keys[paceKey(rank, "waiting")]?.count;
  const parts = useLoaded(() => loadLane(run, rank), [run.id, rank, count]);
  const rate = shortNumber(run.keys[paceKey(rank, "batches")]?.last);
  if (!parts) return null;
  const [start, end] = [parts[0]?.from ?? 0, Math.max(parts.at(-1)?.to ?? 0, 1)];
  const { waiting, loading } = meanShares(parts);
  const facts = `waiting ${percentText(waiting)}, loading ${percentText(loading)}, ${rate} batches/s`;
  return (
    <figure>
      <figcaption>
        replica {rank} <span class="dim">{facts}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`Replica ${rank}: ${facts}`}
        viewBox={`${start} 0 ${end - start} 1`}
        preserveAspectRatio="none"
      >
        {parts.map((part) => (
          <Spent key={part.from} {...part} />
        ))}
      </svg>
      {rank === ranksOf(run).length - 1 && (
        <div class="ends dim">
          <span>{durationText(start * 1000)}</span>
          <span>{durationText(end * 1000)}</span>
        </div>
      )}
    </figure>
  );
}

function Spent({ from, to, waiting, loading }: TimePart) {
  const place = { x: from, width: to - from };
  return (
    <g>
      <rect class="computing" {...place} y={waiting + loading} height={1 - waiting - loading} />
      <rect class="loading" {...place} y={waiting} height={loading} />
      <rect class="waiting" {...place} y={0} height={waiting} />
    </g>
  );
}

async function loadLane(run: RunSummary, rank: number): Promise<TimePart[]> {
  const [waiting, loading] = await Promise.all(
    (["waiting", "loading"] as const).map(async (of) => {
      const question = {
        ...{ key: paceKey(rank, of), runs: [{ id: run.id, isResumed: false }], x: "time" },
        ...{ isLogX: false, isLogY: false, smooth: 0, zoom: null },
      };
      return decodeFrame(await getBytes(seriesPath(question, NUM_COLUMNS)))[0];
    }),
  );
  return waiting && loading ? timeLane(waiting, loading) : [];
}

function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}
