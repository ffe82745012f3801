import type { MediaItem, RunDetail, RunSummary } from "../../wire/schema.ts";
import { isSystemKey } from "../../wire/system-keys.ts";
import type { Tab } from "../model/address.ts";
import { styleOf } from "../model/colors.ts";
import { bytesText, durationText, runName, timeText } from "../model/format.ts";
import { isPlayed } from "../model/played.ts";
import { getDetail, isCopy, linkTo, runOf, type State } from "../store.ts";
import { Charts } from "./charts.tsx";
import { ConfigList } from "./config-list.tsx";
import { Figures } from "./figures.tsx";
import { FileList } from "./file-list.tsx";
import { Histograms } from "./histograms.tsx";
import { ImageSlider } from "./image-slider.tsx";
import { MediaView } from "./media-view.tsx";
import { RunNotes } from "./run-notes.tsx";
import { Status } from "./status.tsx";
import { Swatch } from "./swatch.tsx";
import { Tables } from "./tables.tsx";
import { Texts } from "./texts.tsx";
import { Timeline } from "./timeline.tsx";
import { useLoaded } from "./use-loaded.ts";

type Props = { readonly id: string; readonly tab: Tab; readonly state: State };

/** One run: everything that it logged. */
export function RunView({ id, tab, state }: Props) {
  const listed = runOf(state, id);
  // The size comes with the list, which is not asked for at every event.
  const detail = useLoaded(listed && (() => getDetail(listed.id)), [
    ...[listed?.id, listed?.bytes, listed?.status],
  ]);
  const run = listed && withAllKeys(listed, detail);
  if (!state.list) return <p class="empty">Looking for the run …</p>;
  if (!run) return <p class="empty">There is no run {id} here (any more).</p>;
  const tabs = tabsOf(run, detail, isCopy(state));
  return (
    <>
      <div class="run-head">
        <h2>
          <Swatch style={styleOf(run, state.colors)} /> {runName(run)}{" "}
          <span class="dim">{run.id.slice(0, 8)}</span>
        </h2>
        <p class="facts">
          <Status status={run.status} />
          <span>{durationText(run.activeMs)}</span>
          <span>started {timeText(run.startedMs, Date.now())}</span>
          {run.project && <span>project {run.project}</span>}
          {run.script && <span>{run.script}</span>}
          {run.folder !== "." && <span>{run.folder}</span>}
          <span>{bytesText(run.bytes)}</span>
          {run.resumes > 0 && (
            <span>resumed {run.resumes === 1 ? "once" : `${run.resumes} times`}</span>
          )}
          {run.trackers
            .filter(({ pending }) => pending > 0)
            .map(({ name, pending }) => (
              <span key={name} class="bad">
                {name} lacks {pending} events: acc sync
              </span>
            ))}
        </p>
        {run.damage && <p class="bad">{run.damage}</p>}
        <RunNotes key={`${run.id} ${run.name} ${run.note}`} run={run} isFixed={isCopy(state)} />
      </div>
      <nav class="tabs" aria-label="Parts of the run">
        {tabs.map(({ tab: one, title, count }) => (
          <a
            key={one}
            href={linkTo(state, { kind: "run", id: run.id, tab: one })}
            aria-current={one === tab ? "page" : undefined}
          >
            {title} {count > 0 && <span class="dim">{count}</span>}
          </a>
        ))}
      </nav>
      <Part run={run} detail={detail} tab={tab} state={state} />
    </>
  );
}

/** In a list of many runs with many keys a run does not have all of them. */
function withAllKeys(run: RunSummary, detail: RunDetail | undefined): RunSummary {
  if (detail?.run.id !== run.id || run.numKeys <= Object.keys(run.keys).length) return run;
  return { ...run, keys: { ...detail.run.keys, ...run.keys } };
}

type PartProps = {
  readonly run: RunSummary;
  readonly detail: RunDetail | undefined;
  readonly tab: Tab;
  readonly state: State;
};

function Part({ run, detail, tab, state }: PartProps) {
  if (tab === "charts") return <Charts runs={[run]} state={state} />;
  if (!detail) return <p class="empty">Reading …</p>;
  switch (tab) {
    case "images":
      return <ImageSlider run={run} items={ofKind(detail, "image")} />;
    case "figures":
      return <Figures run={run} items={ofKind(detail, "figure")} />;
    case "media":
      return <MediaView run={run} items={detail.media.filter(isPlayed)} />;
    case "histograms":
      return <Histograms run={run} items={ofKind(detail, "histogram")} />;
    case "tables":
      return <Tables run={run} items={ofKind(detail, "table")} />;
    case "texts":
      return <Texts run={run} count={detail.numTexts} kind="text" key="text" />;
    case "console":
      return <Texts run={run} count={detail.numConsoleLines} kind="console" key="console" />;
    case "system":
      return (
        <>
          <Timeline run={run} />
          <Charts runs={[run]} state={state} isOfMachine />
        </>
      );
    case "config":
      return <ConfigList detail={detail} />;
    case "files":
      return <FileList run={run} items={ofKind(detail, "file")} />;
    default:
      return tab satisfies never;
  }
}

/** Only the tabs that have something. */
function tabsOf(
  run: RunSummary,
  detail: RunDetail | undefined,
  isWithoutFiles: boolean,
): { tab: Tab; title: string; count: number }[] {
  const count = (kind: MediaItem["kind"]): number => (detail ? ofKind(detail, kind).length : 0);
  const machineKeys = Object.keys(run.keys).filter(isSystemKey);
  const tabs: { tab: Tab; title: string; count: number; isThere?: boolean }[] = [
    { tab: "charts", title: "Charts", count: run.numKeys - machineKeys.length, isThere: true },
    { tab: "images", title: "Images", count: count("image") },
    { tab: "figures", title: "Figures", count: count("figure") },
    { tab: "media", title: "Media", count: detail?.media.filter(isPlayed).length ?? 0 },
    { tab: "histograms", title: "Histograms", count: count("histogram") },
    { tab: "tables", title: "Tables", count: count("table") },
    { tab: "texts", title: "Texts", count: detail?.numTexts ?? 0 },
    { tab: "console", title: "Console", count: detail?.numConsoleLines ?? 0 },
    { tab: "system", title: "System", count: machineKeys.length },
    { tab: "config", title: "Config", count: Object.keys(run.config).length, isThere: true },
    { tab: "files", title: "Files", count: count("file"), isThere: !isWithoutFiles },
  ];
  return tabs.filter(({ count: number, isThere }) => isThere || number > 0);
}

function ofKind({ media }: RunDetail, kind: MediaItem["kind"]): MediaItem[] {
  return media.filter((item) => item.kind === kind);
}
