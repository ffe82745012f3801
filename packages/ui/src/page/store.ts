/** What the page knows and what the user chose. Every change goes through `update`, and draws the page anew. */
import type { LibraryChange, RunDetail, RunList, RunSummary } from "../wire/schema.ts";
import { getJson, listen, postJson, RequestError } from "./api.ts";
import { type Address, addressText, findId, parseAddress, type View } from "./model/address.ts";
import { assignColors } from "./model/colors.ts";
import { loadSettings, type Settings, saveSettings } from "./settings.ts";

export type State = {
  readonly list: RunList | undefined;
  /** The newest first; what came later only when the user wants it, so that rows do not jump. */
  readonly runs: readonly RunSummary[];
  /** Ids of runs that came since. */
  readonly waiting: readonly string[];
  readonly colors: ReadonlyMap<string, number>;
  readonly ticked: ReadonlySet<string>;
  readonly filter: string;
  readonly view: View;
  readonly settings: Settings;
  /** The part of the x axis that all charts show; null: all of it. */
  readonly zoom: readonly [number, number] | null;
  readonly connection: Connection;
  /** Why there is nothing to see. */
  readonly problem: string | undefined;
};

/** To the server; a copy has none. */
export type Connection =
  | "connecting"
  | "live"
  | { readonly lostMs: number }
  | { readonly copiedMs: number };

const NUM_TICKED = 4;
/** The lowest and highest values come with the whole list, which is asked for no more often than this. */
const LIST_MS = 2_000;

const first = parseAddress(location.hash);
let state: State = {
  ...{ list: undefined, runs: [], waiting: [], colors: new Map(), ticked: new Set() },
  ...{ filter: first.filter, view: first.view, settings: loadSettings(), zoom: null },
  ...{ connection: "connecting", problem: undefined },
};
/** Beginnings of ids, until the list is there. */
let wanted: Address["ticked"] = first.ticked;
const listeners = new Set<(state: State) => void>();

export function currentState(): State {
  return state;
}

export function subscribe(listener: (state: State) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener(state);
}

/** Starts to follow the server and the address. */
export function start(): void {
  followAddress();
  listen({
    onOpen: () => {
      update({ connection: "live" });
      void refresh();
    },
    onLost: () => {
      if (typeof state.connection === "string") update({ connection: { lostMs: Date.now() } });
    },
    onChange: take,
  });
}

/** Shows what the page holds, at first the run if it is one. @param copiedMs when it was taken. */
export async function showCopy(copiedMs: number): Promise<void> {
  followAddress();
  update({ connection: { copiedMs } });
  await refresh();
  const [run, other] = state.runs;
  if (run && !other && location.hash === "") show({ kind: "run", id: run.id, tab: "charts" });
}

export function isCopy({ connection }: State): boolean {
  return typeof connection === "object" && "copiedMs" in connection;
}

function followAddress(): void {
  addEventListener("hashchange", () => {
    const { view, filter, ticked } = parseAddress(location.hash);
    const isOther =
      JSON.stringify({ ...view, tab: "" }) !== JSON.stringify({ ...state.view, tab: "" });
    const zoom = isOther ? null : state.zoom;
    update({ view, filter, zoom, ...(ticked ? { ticked: idsOf(ticked) } : {}) });
    if (isOther) scrollTo(0, 0);
  });
}

let refreshing: Promise<void> | undefined;
let isStale = false;

/** Asks for the list, once at a time. */
export function refresh(): Promise<void> {
  isStale = refreshing !== undefined;
  refreshing ??= load().finally(() => {
    refreshing = undefined;
    if (isStale) refreshSoon();
  });
  return refreshing;
}

let timer: ReturnType<typeof setTimeout> | undefined;

function refreshSoon(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    void refresh();
  }, LIST_MS);
}

async function load(): Promise<void> {
  try {
    showList(await getJson<RunList>("api/runs"));
  } catch (error) {
    if (error instanceof RequestError && error.status === 401) update({ problem: error.message });
  }
}

function showList(list: RunList): void {
  const known = new Set(state.runs.map(({ id }) => id));
  const isFirst = state.list === undefined || known.size === 0;
  const runs = isFirst ? list.runs : list.runs.filter(({ id }) => known.has(id));
  const waiting = list.runs.filter(({ id }) => !isFirst && !known.has(id)).map(({ id }) => id);
  const colors = assignColors(list.runs);
  update({ list, runs, waiting, colors, problem: undefined });
  if (isFirst) {
    const newest = runs.slice(0, NUM_TICKED).map(({ id }) => id);
    update({ ticked: wanted ? idsOf(wanted) : new Set(newest) });
    wanted = undefined;
  }
  if (!isCopy(state) && runs.some(({ isComplete }) => !isComplete)) refreshSoon();
}

export function showWaiting(): void {
  update({ runs: state.list?.runs ?? [], waiting: [] });
}

/** Takes over what is known of a change at once; the rest comes with the next list. */
function take({ added, removed, grown }: LibraryChange): void {
  if (added.length > 0 || removed.length > 0) void refresh();
  else refreshSoon();
  if (grown.length === 0) return;
  const growth = new Map(grown.map((run) => [run.id, run]));
  const runs = state.runs.map((run): RunSummary => {
    const news = growth.get(run.id);
    if (!news) return run;
    const keys = { ...run.keys };
    for (const [key, grown] of Object.entries(news.keys)) {
      const none = { min: null, minStep: null, max: null, maxStep: null, nonFinite: 0 };
      keys[key] = { ...none, ...keys[key], ...grown };
    }
    const { version, status, lastMs } = news;
    const activeMs = run.activeMs + Math.max(0, lastMs - run.lastMs);
    return { ...run, version, status, lastMs, activeMs, keys };
  });
  update({ runs });
}

function idsOf(beginnings: readonly string[]): ReadonlySet<string> {
  const ids = state.runs.map(({ id }) => id);
  return new Set(beginnings.flatMap((short) => findId(ids, short) ?? []));
}

/** The run that the address means; undefined while the list is not there, or if there is none. */
export function runOf({ runs, list }: State, beginning: string): RunSummary | undefined {
  const all = list?.runs ?? [];
  const id = findId(
    all.map((run) => run.id),
    beginning,
  );
  return runs.find((run) => run.id === id) ?? all.find((run) => run.id === id);
}

/** The address of a view, with what is ticked and filtered. */
export function linkTo({ filter, ticked }: State, view: View): string {
  return addressText({ view, filter, ticked: [...ticked] });
}

function changeAddress(change: Partial<Pick<State, "view" | "filter" | "ticked">>): void {
  const isOtherView = change.view !== undefined;
  update({ ...change, ...(isOtherView ? { zoom: null } : {}) });
  const text = linkTo(state, state.view);
  if (isOtherView) history.pushState(null, "", text);
  else history.replaceState(null, "", text);
}

export function show(view: View): void {
  changeAddress({ view });
  scrollTo(0, 0);
}

export function setFilter(filter: string): void {
  changeAddress({ filter });
}

export function setTicked(ids: Iterable<string>): void {
  changeAddress({ ticked: new Set(ids) });
}

export function tick(id: string, isTicked: boolean): void {
  const ticked = new Set(state.ticked);
  if (isTicked) ticked.add(id);
  else ticked.delete(id);
  changeAddress({ ticked });
}

export function setZoom(zoom: State["zoom"]): void {
  update({ zoom });
}

export function setSettings(change: Partial<Settings>): void {
  const settings = { ...state.settings, ...change };
  const isOtherAxis = settings.x !== state.settings.x || settings.isLogX !== state.settings.isLogX;
  update({ settings, ...(isOtherAxis ? { zoom: null } : {}) });
  saveSettings(settings);
}

export async function saveNotes(
  id: string,
  notes: Pick<RunSummary, "name" | "note" | "tags">,
): Promise<void> {
  const run = await postJson<RunSummary>(`api/note/${encodeURIComponent(id)}`, notes);
  update({ runs: state.runs.map((old) => (old.id === id ? run : old)) });
  await refresh();
}

export function getDetail(id: string): Promise<RunDetail> {
  return getJson(`api/run/${encodeURIComponent(id)}`);
}
